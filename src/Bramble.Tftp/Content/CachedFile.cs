using Bramble.Linux.Files;

namespace Bramble.Tftp.Content;

/// <summary>One version of one file, open, and where its chunks are in the pool. Guarded by the cache's lock.</summary>
/// <param name="file">The file; closed by the cache.</param>
internal sealed class CachedFile(BeneathFile file)
{
    /// <summary>The chunk is not in memory.</summary>
    public const int NoSlot = -1;

    private const int ChunksPerPage = 256;

    // A page is made when the first of its chunks is read: the length of a file, which a client chooses, takes no memory.
    private readonly int[]?[] _pages = new int[((file.Status.Length + DiskContentCache.ChunkBytes - 1) / DiskContentCache.ChunkBytes / ChunksPerPage) + 1][];

    public BeneathFile File { get; } = file;

    public long Length => File.Status.Length;

    public int Users { get; set; }

    /// <summary>True once the file was seen changed in place: chunks that are not in memory are gone for this version.</summary>
    public bool IsLost { get; set; }

    public LinkedListNode<CachedFile>? IdleNode { get; set; }

    /// <summary>The pool slot of a chunk, or <see cref="NoSlot"/>.</summary>
    public int this[int chunk]
    {
        get => _pages[chunk / ChunksPerPage] is { } page ? page[chunk % ChunksPerPage] : NoSlot;
        set
        {
            int[]? page = _pages[chunk / ChunksPerPage];
            if (page is null)
            {
                page = new int[ChunksPerPage];
                Array.Fill(page, NoSlot);
                _pages[chunk / ChunksPerPage] = page;
            }

            page[chunk % ChunksPerPage] = value;
        }
    }

    /// <summary>The pool slots of the chunks that are in memory.</summary>
    public IEnumerable<int> Slots() => _pages.Where(p => p is not null).SelectMany(p => p!).Where(s => s != NoSlot);

    /// <summary>Marks all chunks as not in memory.</summary>
    public void Clear() => Array.Clear(_pages);
}
