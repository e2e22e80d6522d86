using System.Runtime.InteropServices;

namespace Bramble.Linux.DBus.SdBus;

/// <summary>Whether libsystemd is there. Programs start without it and say so.</summary>
internal static class SdBusLibrary
{
    /// <summary>The library's file name: its ABI version, not the development link.</summary>
    public const string Name = "libsystemd.so.0";

    /// <summary>Its age is enough: the newest symbol that is used, of systemd 242.</summary>
    private const string NewestSymbol = "sd_bus_object_vtable_format";

    /// <summary>Address of the marker that vtables point to (sd-bus-vtable.h).</summary>
    public static nint VtableFormat => NativeLibrary.GetExport(NativeLibrary.Load(Name), NewestSymbol);

    /// <summary>True if a library of that name can be loaded and is new enough.</summary>
    public static bool IsUsable(string name, out string reason)
    {
        if (!NativeLibrary.TryLoad(name, out nint library))
        {
            reason = $"{name} is not there: install the package libsystemd0";
            return false;
        }
        if (!NativeLibrary.TryGetExport(library, NewestSymbol, out _))
        {
            reason = $"{name} is older than systemd 242";
            return false;
        }
        reason = "";
        return true;
    }
}
