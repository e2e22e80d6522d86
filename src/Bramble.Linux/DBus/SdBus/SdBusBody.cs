using System.Runtime.InteropServices;
using System.Text;
using Bramble.Linux.Files;

namespace Bramble.Linux.DBus.SdBus;

/// <summary>Writes and reads message bodies, following signatures.</summary>
internal static unsafe class SdBusBody
{
    /// <summary>Appends values by signature.</summary>
    /// <exception cref="ArgumentException">They do not fit it.</exception>
    public static void Append(nint message, string signature, IReadOnlyList<object> values)
    {
        IReadOnlyList<string> types = BusSignature.Split(signature);
        if (types.Count != values.Count)
        {
            throw new ArgumentException($"Signature '{signature}' needs {types.Count} values, {values.Count} were given.", nameof(values));
        }
        for (int i = 0; i < types.Count; i++)
        {
            AppendOne(message, types[i], values[i]);
        }
    }

    /// <summary>Appends one value of one complete type.</summary>
    public static void AppendOne(nint message, string type, object value)
    {
        switch (type[0])
        {
            case 'v':
                var variant = Fit<BusVariant>(type, value);
                Check(SdBusNative.sd_bus_message_open_container(message, (byte)'v', variant.Signature));
                AppendOne(message, variant.Signature, variant.Value);
                Check(SdBusNative.sd_bus_message_close_container(message));
                break;
            case '(':
                string members = type[1..^1];
                Check(SdBusNative.sd_bus_message_open_container(message, (byte)'r', members));
                Append(message, members, Fit<object[]>(type, value));
                Check(SdBusNative.sd_bus_message_close_container(message));
                break;
            case 'a':
                string element = type[1..];
                Check(SdBusNative.sd_bus_message_open_container(message, (byte)'a', element));
                AppendElements(message, element, value);
                Check(SdBusNative.sd_bus_message_close_container(message));
                break;
            default:
                AppendBasic(message, type, value);
                break;
        }
    }

    /// <summary>Reads everything that is left at the message's present place.</summary>
    public static object[] ReadAll(nint message)
    {
        var values = new List<object>();
        while (true)
        {
            int there = SdBusNative.sd_bus_message_peek_type(message, out byte type, out nint contents);
            Check(there);
            if (there == 0)
            {
                return [.. values];
            }
            values.Add(ReadOne(message, (char)type, contents));
        }
    }

    private static void AppendElements(nint message, string element, object value)
    {
        if (element[0] == '{')
        {
            string entry = element[1..^1];
            foreach ((string key, object item) in Fit<IReadOnlyDictionary<string, object>>('a' + element, value))
            {
                Check(SdBusNative.sd_bus_message_open_container(message, (byte)'e', entry));
                AppendBasic(message, entry[..1], key);
                AppendOne(message, entry[1..], item);
                Check(SdBusNative.sd_bus_message_close_container(message));
            }
            return;
        }
        foreach (object item in Fit<IEnumerable<object>>('a' + element, value))
        {
            AppendOne(message, element, item);
        }
    }

    private static void AppendBasic(nint message, string type, object value)
    {
        byte code = (byte)type[0];
        if (type[0] is 's' or 'o' or 'g')
        {
            string text = Fit<string>(type, value);
            if (text.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException("D-Bus strings cannot hold a NUL character.", nameof(value));
            }
            fixed (byte* bytes = Encoding.UTF8.GetBytes(text + '\0'))
            {
                Check(SdBusNative.sd_bus_message_append_basic(message, code, bytes));
            }
            return;
        }
        if (type[0] == 'h')
        {
            SafeHandle handle = Fit<SafeHandle>(type, value);
            bool isHeld = false;
            try
            {
                // The message takes a duplicate.
                handle.DangerousAddRef(ref isHeld);
                int fd = (int)handle.DangerousGetHandle();
                Check(SdBusNative.sd_bus_message_append_basic(message, code, &fd));
            }
            finally
            {
                if (isHeld)
                    handle.DangerousRelease();
            }
            return;
        }
        // Booleans are 32 bits wide on the wire and in the interface of sd-bus.
        ulong raw = type[0] switch
        {
            'y' => Fit<byte>(type, value),
            'b' => Fit<bool>(type, value) ? 1UL : 0UL,
            'n' => (ushort)Fit<short>(type, value),
            'q' => Fit<ushort>(type, value),
            'i' => (uint)Fit<int>(type, value),
            'u' => Fit<uint>(type, value),
            'x' => (ulong)Fit<long>(type, value),
            't' => Fit<ulong>(type, value),
            'd' => BitConverter.DoubleToUInt64Bits(Fit<double>(type, value)),
            _ => throw new ArgumentException($"Values of D-Bus type '{type}' cannot be sent from here.", nameof(type)),
        };
        // All machines that this runs on are little-endian: the low bytes come first whatever the width.
        Check(SdBusNative.sd_bus_message_append_basic(message, code, &raw));
    }

    private static object ReadOne(nint message, char type, nint contents)
    {
        switch (type)
        {
            case 'a':
                string element = Marshal.PtrToStringUTF8(contents)!;
                Check(SdBusNative.sd_bus_message_enter_container(message, (byte)'a', contents));
                object array = element[0] == '{' ? ReadDictionary(message) : Narrow(element, ReadAll(message));
                Check(SdBusNative.sd_bus_message_exit_container(message));
                return array;
            case 'r' or 'e':
                Check(SdBusNative.sd_bus_message_enter_container(message, (byte)type, contents));
                object[] members = ReadAll(message);
                Check(SdBusNative.sd_bus_message_exit_container(message));
                return members;
            case 'v':
                string inner = Marshal.PtrToStringUTF8(contents)!;
                Check(SdBusNative.sd_bus_message_enter_container(message, (byte)'v', contents));
                object value = ReadAll(message)[0];
                Check(SdBusNative.sd_bus_message_exit_container(message));
                return new BusVariant(inner, value);
            default:
                return ReadBasic(message, type);
        }
    }

    private static Dictionary<string, object> ReadDictionary(nint message)
    {
        var entries = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (object entry in ReadAll(message))
        {
            var pair = (object[])entry;
            entries[pair[0].ToString() ?? ""] = pair[1];
        }
        return entries;
    }

    private static object Narrow(string element, object[] items) => element is "s" or "o" or "g" ? Array.ConvertAll(items, static item => (string)item) : items;

    private static object ReadBasic(nint message, char type)
    {
        ulong raw = 0;
        Check(SdBusNative.sd_bus_message_read_basic(message, (byte)type, &raw));
        return type switch
        {
            's' or 'o' or 'g' => Marshal.PtrToStringUTF8((nint)raw) ?? "",
            'y' => (byte)raw,
            'b' => (uint)raw != 0,
            'n' => (short)raw,
            'q' => (ushort)raw,
            'i' => (int)raw,
            'u' => (uint)raw,
            'x' => (long)raw,
            't' => raw,
            'd' => BitConverter.UInt64BitsToDouble(raw),
            'h' => FileDescriptor.Duplicate((int)raw),
            _ => throw new BusException(BusErrors.InvalidArgs, $"A value of D-Bus type '{type}' came in, which is not understood here."),
        };
    }

    private static T Fit<T>(string type, object value) => value is T fitting
        ? fitting
        : throw new ArgumentException($"A {value.GetType().Name} was given where D-Bus type '{type}' needs a {typeof(T).Name}.", nameof(value));

    private static void Check(int result) => SdBusConnection.Check(result, "message body");
}
