using System.Runtime.InteropServices;
using Bramble.Linux.Files;
using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Content;

/// <summary>
/// Files on disk as TFTP content. However many clients read a file, it is open once, and its hot parts are in memory once, in
/// chunks of 16 KB out of a bounded pool. A file that is replaced (rename) goes on being served in its old version to the
/// transfers that began with it; one that is overwritten in place ends the transfers that still need unread parts of it, but is never
/// served torn. Safe for several loops.
/// </summary>
public sealed unsafe class DiskContentCache : IDisposable
{
    /// <summary>Bytes of a chunk: large enough that reading it costs little for each block, small enough that hundreds of clients, each at its own place, find room.</summary>
    public const int ChunkBytes = 16 * 1024;

    /// <summary>Bytes of a file's start that are read when it is opened.</summary>
    public const int StartBytes = 4 * ChunkBytes;

    /// <summary>
    /// Longest file that is served, bytes. A client can create files in its boot folder, so a limit is needed; the largest file that
    /// firmware loads, a boot.img, is well below it (docs/reference/pi-network-boot.md).
    /// </summary>
    public const long MaxFileBytes = 512 * 1024 * 1024;

    /// <summary>Pool size without a setting, bytes.</summary>
    public const long DefaultCapacityBytes = 16 * 1024 * 1024;

    // Idle files stay open, so that their chunks survive until the next board asks for them.
    private const int MaxIdleFiles = 128;

    private static readonly string s_tooLarge = $"The file is larger than {MaxFileBytes >> 20} MiB, the limit for a boot file";

    private readonly Lock _gate = new();
    private readonly Dictionary<BeneathFileStatus, CachedFile> _files = [];
    private readonly LinkedList<CachedFile> _idle = new();
    private readonly Slot[] _slots;
    private int _hand;
    private bool _disposed;

    /// <summary>Makes a cache.</summary>
    /// <param name="capacityBytes">Most memory for file bytes; at least one chunk.</param>
    public DiskContentCache(long capacityBytes = DefaultCapacityBytes)
    {
        _slots = new Slot[Math.Max(1, capacityBytes / ChunkBytes)];
    }

    /// <summary>Files held open, in use or idle.</summary>
    public int OpenFiles
    {
        get
        {
            lock (_gate)
            {
                return _files.Count;
            }
        }
    }

    /// <summary>Bytes of memory in use for chunks.</summary>
    public long CachedBytes
    {
        get
        {
            lock (_gate)
            {
                return _slots.Count(s => s.Memory != null) * (long)ChunkBytes;
            }
        }
    }

    /// <summary>Refuses empty files as if they were not there; a Pi's firmware takes an empty file for a broken one and may hang (docs/reference/pi-network-boot.md).</summary>
    public bool RefusesEmptyFiles { get; init; }

    /// <summary>Opens a regular file beneath a folder: no <c>..</c>, symlink or magic link leads out (<see cref="BeneathDirectory"/>).</summary>
    /// <param name="folder">The folder; symlinks on the way to it are followed.</param>
    /// <param name="relativePath">Path below it, as folded by <see cref="Wire.TftpPath"/>.</param>
    /// <returns>The content; <see cref="TftpOpenResult.NotFound"/> if there is no such regular file; <see cref="TftpOpenResult.Denied"/> if it
    /// leads out or may not be read.</returns>
    public TftpOpenResult Open(string folder, string relativePath)
    {
        using BeneathDirectory? directory = BeneathDirectory.TryOpen(folder, out BeneathOpenError error);
        BeneathFile? file = directory?.TryOpenRead(relativePath, out error);
        if (file is null)
        {
            return error is BeneathOpenError.NotFound or BeneathOpenError.NotRegular ? TftpOpenResult.NotFound : Refused(error);
        }

        if (RefusesEmptyFiles && file.Status.Length == 0)
        {
            file.Dispose();
            return TftpOpenResult.NotFound;
        }

        if (file.Status.Length > MaxFileBytes)
        {
            file.Dispose();
            return TftpOpenResult.Denied with { Message = s_tooLarge };
        }

        return Acquire(file) is { } cached ? TftpOpenResult.Of(new DiskContent(this, cached)) : Refused(BeneathOpenError.Failed);
    }

    // The words go out on the wire, where a bootloader's screen or a capture shows them.
    private static TftpOpenResult Refused(BeneathOpenError error) => TftpOpenResult.Denied with
    {
        Message = error switch
        {
            BeneathOpenError.Denied => "Access violation: the server may not read the file",
            BeneathOpenError.Escapes => "Access violation: the path leads out of the folder",
            _ => "Access violation: the file cannot be read",
        },
    };

    /// <summary>Closes the files that no transfer uses, for instance before a filesystem is unmounted.</summary>
    public void DropIdle()
    {
        lock (_gate)
        {
            while (_idle.First is { } node)
            {
                Drop(node.Value);
            }
        }
    }

    /// <summary>Closes all files. Contents that are still held read nothing any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            foreach (CachedFile file in _files.Values)
            {
                file.File.Dispose();
                file.IsLost = true;
                file.Clear();
            }

            _files.Clear();
            _idle.Clear();
            for (int i = 0; i < _slots.Length; i++)
            {
                NativeMemory.Free(_slots[i].Memory);
                _slots[i] = default;
            }
        }
    }

    internal int Read(CachedFile file, long offset, Span<byte> destination)
    {
        int total = 0;
        lock (_gate)
        {
            while (total < destination.Length && offset < file.Length)
            {
                int slot = SlotOf(file, (int)(offset / ChunkBytes));
                if (slot < 0)
                {
                    break;
                }

                int inChunk = (int)(offset % ChunkBytes);
                int count = (int)Math.Min(Math.Min(destination.Length - total, ChunkBytes - inChunk), file.Length - offset);
                new ReadOnlySpan<byte>(_slots[slot].Memory + inChunk, count).CopyTo(destination[total..]);
                total += count;
                offset += count;
            }
        }

        return total;
    }

    internal void Release(CachedFile file)
    {
        lock (_gate)
        {
            if (--file.Users > 0 || _disposed)
            {
                return;
            }

            if (file.IsLost)
            {
                Drop(file);
                return;
            }

            file.IdleNode = _idle.AddLast(file);
            if (_idle.Count > MaxIdleFiles)
            {
                Drop(_idle.First!.Value);
            }
        }
    }

    /// <summary>Takes a hold on the file. Its start is read at once: a small file is then whole in memory, and one that cannot be read is known.</summary>
    private CachedFile? Acquire(BeneathFile opened)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_files.TryGetValue(opened.Status, out CachedFile? file) && !file.IsLost)
            {
                opened.Dispose();
                if (file.IdleNode is { } node)
                {
                    _idle.Remove(node);
                    file.IdleNode = null;
                }
            }
            else
            {
                file = new CachedFile(opened);
                _files[opened.Status] = file;
            }

            file.Users++;
            for (int chunk = 0; chunk < StartBytes / ChunkBytes && (long)chunk * ChunkBytes < file.Length; chunk++)
            {
                if (SlotOf(file, chunk) == CachedFile.NoSlot)
                {
                    Release(file);
                    return null;
                }
            }

            return file;
        }
    }

    private void Drop(CachedFile file)
    {
        if (file.IdleNode is { } node)
        {
            _idle.Remove(node);
            file.IdleNode = null;
        }

        if (_files.TryGetValue(file.File.Status, out CachedFile? listed) && ReferenceEquals(listed, file))
        {
            _files.Remove(file.File.Status);
        }

        foreach (int slot in file.Slots())
        {
            _slots[slot].Owner = null;
        }

        file.File.Dispose();
    }

    private int SlotOf(CachedFile file, int chunk)
    {
        int slot = file[chunk];
        if (slot != CachedFile.NoSlot)
        {
            _slots[slot].WasUsed = true;
            return slot;
        }

        if (file.IsLost)
        {
            return CachedFile.NoSlot;
        }

        slot = TakeSlot();
        int wanted = (int)Math.Min(ChunkBytes, file.Length - ((long)chunk * ChunkBytes));
        int read = file.File.ReadAt((long)chunk * ChunkBytes, new Span<byte>(_slots[slot].Memory, wanted));

        // Looked at after the read: bytes of a later version cannot come with the stamp of the old one.
        if (read != wanted || !file.File.IsUnchanged())
        {
            file.IsLost = true;
            return CachedFile.NoSlot;
        }

        _slots[slot].Owner = file;
        _slots[slot].Chunk = chunk;
        _slots[slot].WasUsed = true;
        file[chunk] = slot;
        return slot;
    }

    /// <summary>A free slot by the clock algorithm: the hand takes the first one that was not used since it last came by.</summary>
    private int TakeSlot()
    {
        while (true)
        {
            int index = _hand;
            _hand = (_hand + 1) % _slots.Length;
            ref Slot slot = ref _slots[index];
            if (slot.Owner is { } owner)
            {
                if (slot.WasUsed)
                {
                    slot.WasUsed = false;
                    continue;
                }

                owner[slot.Chunk] = CachedFile.NoSlot;
                slot.Owner = null;
            }

            if (slot.Memory == null)
            {
                slot.Memory = (byte*)NativeMemory.Alloc(ChunkBytes);
            }

            return index;
        }
    }

    private struct Slot
    {
        public byte* Memory;
        public CachedFile? Owner;
        public int Chunk;
        public bool WasUsed;
    }
}
