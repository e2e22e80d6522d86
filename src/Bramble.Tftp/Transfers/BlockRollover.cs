namespace Bramble.Tftp.Transfers;

/// <summary>Which number comes after block 65535; no RFC says, and clients differ.</summary>
public enum BlockRollover
{
    /// <summary>0: nearly every client, and the Raspberry Pi since its bootloader of September 2025.</summary>
    ToZero,

    /// <summary>1: a few old clients.</summary>
    ToOne,
}
