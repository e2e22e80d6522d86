using Microsoft.Win32.SafeHandles;

namespace Bramble.Storage.Images;

/// <summary>Writes a stream into a file and leaves holes where it is zero: an 8 GB image with 2 GB of content takes 2 GB.</summary>
internal sealed class SparseFile(SafeFileHandle handle)
{
    private const int BlockLength = 64 * 1024;

    /// <summary>Bytes so far, holes counted.</summary>
    internal long Length { get; private set; }

    /// <summary>Appends, block by block; only the last call may give a length that is no multiple of 64 KiB.</summary>
    internal void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            ReadOnlySpan<byte> block = data[..Math.Min(data.Length, BlockLength)];
            if (block.ContainsAnyExcept((byte)0))
                RandomAccess.Write(handle, block, Length);
            Length += block.Length;
            data = data[block.Length..];
        }
    }

    /// <summary>Gives the file its length, also when it ends in a hole.</summary>
    internal void Complete() => RandomAccess.SetLength(handle, Length);
}
