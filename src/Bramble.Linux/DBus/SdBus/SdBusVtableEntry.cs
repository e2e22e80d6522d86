namespace Bramble.Linux.DBus.SdBus;

/// <summary>struct sd_bus_vtable (sd-bus-vtable.h) on 64-bit machines: a word of type (8 bits) and flags (56), and six words that mean different things by type.</summary>
internal struct SdBusVtableEntry
{
    /// <summary>Callers need not be privileged: policy and handlers decide.</summary>
    public const ulong Unprivileged = 1UL << 2;

    /// <summary>Feature of the start entry: entries carry the names of arguments.</summary>
    public const nint ParamNames = 1;

    public ulong TypeAndFlags;

    /// <summary>Start: size of an entry. Others: member.</summary>
    public nint Word0;

    /// <summary>Start: features. Others: signature.</summary>
    public nint Word1;

    /// <summary>Start: format marker. Method: result. Signal: names. Property: get.</summary>
    public nint Word2;

    /// <summary>Method: handler. Property: set.</summary>
    public nint Word3;

    /// <summary>Offset that is added to the userdata.</summary>
    public nint Word4;

    /// <summary>Method: names.</summary>
    public nint Word5;

    public static ulong Head(char type, ulong flags) => (byte)type | (flags << 8);
}
