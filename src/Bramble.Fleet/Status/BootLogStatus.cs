namespace Bramble.Fleet.Status;

/// <summary>One line of a board's bootloader (NETCONSOLE).</summary>
public sealed record BootLogStatus
{
    /// <summary>When it came, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Seconds since the boot began: below 0 before the bootloader asked for an address; null if there is no boot.</summary>
    public double? Seconds { get; init; }

    /// <summary>Printable ASCII.</summary>
    public required string Text { get; init; }
}
