namespace Bramble.Dhcp.Boards;

/// <summary>A new-style Raspberry Pi revision code, as in /proc/cpuinfo and option 97.</summary>
/// <remarks>Source: docs/reference/pi-network-boot.md, "Boards"; the field layout is Raspberry Pi's "revision codes" page.</remarks>
/// <param name="Value">For example 0xd03114: a 4 Model B with 8 GB.</param>
public readonly record struct PiRevisionCode(uint Value)
{
    /// <summary>Bit 23: the code has fields. Old-style codes belong to boards that cannot network boot.</summary>
    public bool IsNewStyle => (Value & (1 << 23)) != 0;

    /// <summary>Bits 4–11; <see cref="PiModel.Unknown"/> for a type that this version does not know.</summary>
    public PiModel Model
    {
        get
        {
            var model = (PiModel)((Value >> 4) & 0xFF);
            return IsNewStyle && Enum.IsDefined(model) ? model : PiModel.Unknown;
        }
    }

    /// <summary>Memory in MiB (bits 20–22), 0 if not known.</summary>
    public int MemoryMebibytes
    {
        get
        {
            int size = (int)(Value >> 20) & 7;
            return IsNewStyle && size <= 6 ? 256 << size : 0;
        }
    }

    /// <summary>Board revision (bits 0–3): the 4 of "1.4".</summary>
    public int BoardRevision => (int)(Value & 0xF);

    /// <summary>By processor (bits 12–15): BCM2837, BCM2711, BCM2712; <see cref="PiFamily.None"/> for older ones.</summary>
    public PiFamily Family => !IsNewStyle ? PiFamily.None : ((Value >> 12) & 0xF) switch
    {
        2 => PiFamily.Pi3,
        3 => PiFamily.Pi4,
        4 => PiFamily.Pi5,
        _ => PiFamily.None,
    };
}
