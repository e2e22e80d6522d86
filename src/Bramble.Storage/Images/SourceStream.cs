using System.Security.Cryptography;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Images;

/// <summary>What is imported, read once: hashes and counts every byte that goes by. Reading only.</summary>
/// <param name="inner">The file or stream.</param>
/// <param name="length">Its bytes; 0 if not known.</param>
/// <param name="shownName">Its name as given, for messages.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class SourceStream(Stream inner, long length, string shownName, ProgressMeter progress) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _peeked = [];
    private long _done;

    /// <summary>What is being done with it, for people.</summary>
    internal string Doing { get; set; } = "Reading";

    /// <summary>The first bytes, which are read again by the next read.</summary>
    internal async Task<byte[]> PeekAsync(int count, CancellationToken cancellation)
    {
        byte[] start = new byte[count];
        int read = await ReadAtLeastQuietlyAsync(start, cancellation);
        return _peeked = start[..read];
    }

    /// <summary>Reads what nobody wanted, up to the end, so that length and hash are of all of it.</summary>
    /// <returns>SHA-256, lower-case hex.</returns>
    /// <exception cref="StorageException">It ended too early or too late.</exception>
    internal async Task<string> FinishAsync(CancellationToken cancellation)
    {
        byte[] buffer = new byte[128 * 1024];
        while (await ReadAsync(buffer, cancellation) > 0)
        {
        }

        if (length > 0 && _done != length)
            throw new StorageException($"{shownName} broke off: {_done} of {length} bytes came. Download or copy it again.");
        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        if (_peeked.Length > 0)
        {
            read = Math.Min(buffer.Length, _peeked.Length);
            _peeked.AsMemory(0, read).CopyTo(buffer);
            _peeked = _peeked[read..];
        }
        else
        {
            read = await ReadInnerAsync(buffer, cancellationToken);
        }

        _hash.AppendData(buffer.Span[..read]);
        _done += read;
        if (read > 0)
            progress.Report(Doing, _done, length);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }

    private async Task<int> ReadAtLeastQuietlyAsync(byte[] start, CancellationToken cancellation)
    {
        int read = 0;
        while (read < start.Length)
        {
            int more = await ReadInnerAsync(start.AsMemory(read), cancellation);
            if (more == 0)
                break;
            read += more;
        }

        return read;
    }

    private async ValueTask<int> ReadInnerAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellation);
        }
        catch (IOException e)
        {
            throw new StorageException($"{shownName} cannot be read: {e.Message}", e);
        }
    }
}
