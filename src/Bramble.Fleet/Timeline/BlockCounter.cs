using Bramble.Dhcp.Boards;

namespace Bramble.Fleet.Timeline;

/// <summary>TFTP counts blocks in 16 bits, and bootloaders before 2025-09-23 do not go on after the last number.</summary>
/// <remarks>Source: docs/reference/pi-network-boot.md, "Block limits".</remarks>
internal static class BlockCounter
{
    /// <summary>Blocks that such a bootloader can number.</summary>
    public const long MaxBlocks = 65535;

    private const int BlockSizeBefore2022 = 1024;
    private const int BlockSizeSince2022 = 1468;

    /// <summary>
    /// The largest file that a board may be able to take, bytes; null where there is no limit or none is known. The block size tells the
    /// EEPROM's age: 1024 before 2022-10-03, 1468 since then.
    /// </summary>
    /// <param name="family">How the board behaves.</param>
    /// <param name="blockSize">The block size of its transfers, bytes.</param>
    /// <param name="countsOn">It was seen to count on.</param>
    public static long? LargestFile(PiFamily family, int blockSize, bool countsOn) =>
        !countsOn && family is PiFamily.Pi4 or PiFamily.Pi5 && blockSize is BlockSizeBefore2022 or BlockSizeSince2022 ? MaxBlocks * blockSize : null;

    /// <summary>True if the block size is that of an EEPROM which surely does not count on.</summary>
    public static bool IsOld(int blockSize) => blockSize == BlockSizeBefore2022;

    /// <summary>True if a transfer ended where the counter does.</summary>
    public static bool StoppedAtLimit(long bytes, int blockSize) => bytes >= (MaxBlocks - 1) * blockSize && bytes <= (MaxBlocks + 1) * blockSize;
}
