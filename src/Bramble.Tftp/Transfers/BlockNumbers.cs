namespace Bramble.Tftp.Transfers;

/// <summary>Block numbers on the wire against blocks counted from 1 without end; 0 is the OACK's.</summary>
public static class BlockNumbers
{
    private const int ToZeroModulus = 65536;
    private const int ToOneModulus = 65535;

    /// <summary>The number that a block has on the wire.</summary>
    public static ushort ToWire(long block, BlockRollover rollover) =>
        rollover == BlockRollover.ToZero ? (ushort)block
        : block == 0 ? (ushort)0
        : (ushort)(((block - 1) % ToOneModulus) + 1);

    /// <summary>The block that a number means, if it lies in <paramref name="first"/>..<paramref name="last"/>; else -1.</summary>
    /// <remarks>The range must be shorter than 65535, else a number could mean two blocks of it.</remarks>
    public static long FromWire(ushort number, long first, long last, BlockRollover rollover)
    {
        int modulus = rollover == BlockRollover.ToZero ? ToZeroModulus : ToOneModulus;
        if (rollover == BlockRollover.ToOne && number == 0)
        {
            return first == 0 ? 0 : -1;
        }

        long distance = (number - (first % modulus) + modulus) % modulus;
        long block = first + distance;
        return block <= last ? block : -1;
    }
}
