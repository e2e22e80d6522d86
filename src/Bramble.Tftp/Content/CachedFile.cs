using Bramble.Linux.Files;

namespace Bramble.Tftp.Content;

/// <summary>One version of one file, open, and where its chunks are in the pool. Guarded by the cache's lock.</summary>
internal sealed class CachedFile
{
    /// <summary>The chunk is not in memory.</summary>
    public const int NoSlot = -1;

    public CachedFile(BeneathFile file)
    {
        File = file;
        Chunks = new int[(file.Status.Length + DiskContentCache.ChunkBytes - 1) / DiskContentCache.ChunkBytes];
        Array.Fill(Chunks, NoSlot);
    }

    public BeneathFile File { get; }

    public long Length => File.Status.Length;

    /// <summary>Pool slot of each chunk.</summary>
    public int[] Chunks { get; }

    public int Users { get; set; }

    /// <summary>True once the file was seen changed in place: chunks that are not in memory are gone for this version.</summary>
    public bool IsLost { get; set; }

    public LinkedListNode<CachedFile>? IdleNode { get; set; }
}
