namespace Bramble.Linux.DBus.SdBus;

/// <summary>struct sd_bus_error (sd-bus.h).</summary>
internal struct SdBusError
{
    public nint Name;
    public nint Message;
    public int NeedFree;
}
