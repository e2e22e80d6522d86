using System.Runtime.InteropServices;

namespace Bramble.Linux.DBus.SdBus;

/// <summary>sd-bus(3), the calls without variable arguments. All return a negative errno on failure.</summary>
internal static unsafe partial class SdBusNative
{
    private const string Lib = SdBusLibrary.Name;

    [LibraryImport(Lib)]
    internal static partial int sd_bus_new(out nint bus);

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_set_address(nint bus, string address);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_set_bus_client(nint bus, int isClient);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_start(nint bus);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_get_unique_name(nint bus, out nint name);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_is_open(nint bus);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_get_fd(nint bus);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_get_events(nint bus);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_get_timeout(nint bus, out ulong monotonicMicroseconds);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_process(nint bus, nint message);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_flush(nint bus);

    [LibraryImport(Lib)]
    internal static partial nint sd_bus_close_unref(nint bus);

    [LibraryImport(Lib)]
    internal static partial nint sd_bus_slot_unref(nint slot);

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_message_new_method_call(nint bus, out nint message, string destination, string path, string interfaceName, string member);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_message_new_method_return(nint call, out nint message);

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_message_new_signal(nint bus, out nint message, string path, string interfaceName, string member);

    [LibraryImport(Lib)]
    internal static partial nint sd_bus_message_ref(nint message);

    [LibraryImport(Lib)]
    internal static partial nint sd_bus_message_unref(nint message);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_message_append_basic(nint message, byte type, void* value);

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_message_open_container(nint message, byte type, string contents);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_message_close_container(nint message);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_message_read_basic(nint message, byte type, void* value);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_message_enter_container(nint message, byte type, nint contents);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_message_exit_container(nint message);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_message_peek_type(nint message, out byte type, out nint contents);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_message_is_method_error(nint message, nint name);

    [LibraryImport(Lib)]
    internal static partial SdBusError* sd_bus_message_get_error(nint message);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_message_get_expect_reply(nint message);

    [LibraryImport(Lib)]
    internal static partial nint sd_bus_message_get_sender(nint message);

    [LibraryImport(Lib)]
    internal static partial nint sd_bus_message_get_path(nint message);

    [LibraryImport(Lib)]
    internal static partial nint sd_bus_message_get_interface(nint message);

    [LibraryImport(Lib)]
    internal static partial nint sd_bus_message_get_member(nint message);

    [LibraryImport(Lib)]
    internal static partial nint sd_bus_message_get_signature(nint message, int complete);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_send(nint bus, nint message, nint cookie);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_call_async(nint bus, out nint slot, nint message, delegate* unmanaged<nint, nint, nint, int> callback, nint userdata, ulong microseconds);

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_add_match_async(nint bus, out nint slot, string match, delegate* unmanaged<nint, nint, nint, int> callback, delegate* unmanaged<nint, nint, nint, int> installed, nint userdata);

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_bus_add_object_vtable(nint bus, out nint slot, string path, string interfaceName, SdBusVtableEntry* vtable, nint userdata);

    [LibraryImport(Lib)]
    internal static partial int sd_bus_reply_method_error(nint call, SdBusError* error);
}
