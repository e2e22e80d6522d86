using System.Buffers.Binary;

namespace Bramble.Storage.Images;

/// <summary>What the first 128 KiB of a partition say of its filesystem. Nothing here is trusted further than to choose a partition and to give a clear message.</summary>
/// <param name="Kind">The filesystem.</param>
/// <param name="Bytes">Its size by its own word; 0 if not told.</param>
/// <param name="UsedBytes">Bytes in use by its own word; 0 if not told.</param>
internal sealed record FilesystemProbe(FilesystemKind Kind, long Bytes, long UsedBytes)
{
    internal const int Length = 128 * 1024;

    private const int SuperblockOffset = 1024;
    private const int BtrfsOffset = 64 * 1024;

    /// <summary>Looks at the start of a partition; shorter ones are padded by nobody and simply known less.</summary>
    internal static FilesystemProbe Of(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("hsqs"u8))
            return new FilesystemProbe(FilesystemKind.Squashfs, 0, 0);
        if (start.StartsWith("LUKS\xBA\xBE"u8) || start.StartsWith((ReadOnlySpan<byte>)[0x4C, 0x55, 0x4B, 0x53, 0xBA, 0xBE]))
            return new FilesystemProbe(FilesystemKind.Luks, 0, 0);
        if (start.Length >= BtrfsOffset + 72 && start[(BtrfsOffset + 64)..].StartsWith("_BHRfS_M"u8))
            return new FilesystemProbe(FilesystemKind.Btrfs, 0, 0);
        return Ext(start) ?? Fat(start) ?? new FilesystemProbe(FilesystemKind.Unknown, 0, 0);
    }

    // https://docs.kernel.org/filesystems/ext4/super.html
    private static FilesystemProbe? Ext(ReadOnlySpan<byte> start)
    {
        if (start.Length < SuperblockOffset + 1024)
            return null;
        ReadOnlySpan<byte> super = start.Slice(SuperblockOffset, 1024);
        uint logBlockSize = BinaryPrimitives.ReadUInt32LittleEndian(super[0x18..]);
        if (BinaryPrimitives.ReadUInt16LittleEndian(super[0x38..]) != 0xEF53 || logBlockSize > 6)
            return null;
        bool is64Bit = (BinaryPrimitives.ReadUInt32LittleEndian(super[0x60..]) & 0x80) != 0;
        ulong blocks = BinaryPrimitives.ReadUInt32LittleEndian(super[0x04..]);
        ulong free = BinaryPrimitives.ReadUInt32LittleEndian(super[0x0C..]);
        if (is64Bit)
        {
            blocks |= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(super[0x150..]) << 32;
            free |= (ulong)BinaryPrimitives.ReadUInt32LittleEndian(super[0x158..]) << 32;
        }

        ulong limit = (ulong)long.MaxValue >> (int)(10 + logBlockSize);
        if (blocks > limit || free > blocks)
            return null;
        long unit = 1L << (int)(10 + logBlockSize);
        return new FilesystemProbe(FilesystemKind.Ext, (long)blocks * unit, (long)(blocks - free) * unit);
    }

    // Microsoft's FAT specification (fatgen103), "BPB"
    private static FilesystemProbe? Fat(ReadOnlySpan<byte> start)
    {
        if (start.Length < 512 || start[510] != 0x55 || start[511] != 0xAA || start[0] is not (0xEB or 0xE9))
            return null;
        int sector = BinaryPrimitives.ReadUInt16LittleEndian(start[11..]);
        int cluster = start[13];
        if (sector is not (512 or 1024 or 2048 or 4096) || cluster == 0 || (cluster & (cluster - 1)) != 0 || start[16] is 0 or > 4 || start[21] < 0xF0)
            return null;
        long sectors = BinaryPrimitives.ReadUInt16LittleEndian(start[19..]);
        if (sectors == 0)
            sectors = BinaryPrimitives.ReadUInt32LittleEndian(start[32..]);
        return new FilesystemProbe(FilesystemKind.Fat, sectors * sector, 0);
    }
}
