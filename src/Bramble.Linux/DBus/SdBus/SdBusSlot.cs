using System.Runtime.InteropServices;

namespace Bramble.Linux.DBus.SdBus;

/// <summary>Something registered with sd-bus that calls back: the slot, and the handle by which the callback finds its managed side. Lives on the connection's thread.</summary>
internal abstract class SdBusSlot
{
    private GCHandle _handle;

    /// <summary>The native slot; 0 until registered.</summary>
    public nint Slot { get; set; }

    /// <summary>What is given to sd-bus as userdata.</summary>
    public nint Userdata
    {
        get
        {
            if (!_handle.IsAllocated)
            {
                _handle = GCHandle.Alloc(this);
            }
            return GCHandle.ToIntPtr(_handle);
        }
    }

    public static T From<T>(nint userdata)
        where T : SdBusSlot => (T)GCHandle.FromIntPtr(userdata).Target!;

    /// <summary>Ends the registration: no callback comes after it.</summary>
    public void Free()
    {
        if (Slot != 0)
        {
            SdBusNative.sd_bus_slot_unref(Slot);
            Slot = 0;
        }
        if (_handle.IsAllocated)
        {
            _handle.Free();
        }
        OnFreed();
    }

    /// <summary>The connection ends; whoever waits is told.</summary>
    public virtual void OnConnectionLost(BusException reason)
    {
    }

    protected virtual void OnFreed()
    {
    }
}
