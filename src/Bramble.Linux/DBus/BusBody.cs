using System.Runtime.InteropServices;
using Bramble.Linux.Files;
using Microsoft.Win32.SafeHandles;
using Tmds.DBus.Protocol;

namespace Bramble.Linux.DBus;

/// <summary>Writes and reads message bodies by their signatures, as the types listed at <see cref="BusMessage"/>.</summary>
internal static class BusBody
{
    /// <summary>The signature for a message header, which has none for an empty body.</summary>
    public static string? HeaderOf(string signature) => signature.Length == 0 ? null : signature;

    /// <summary>Splits a signature into its complete types. It must be valid: this program's own, or one that the bus has checked.</summary>
    public static List<string> Split(string signature)
    {
        var types = new List<string>();
        for (int at = 0; at < signature.Length; at += types[^1].Length)
        {
            types.Add(signature.Substring(at, LengthOfFirst(signature.AsSpan(at))));
        }
        return types;
    }

    /// <summary>Writes the body of a message whose header is written, and ends the writer.</summary>
    /// <exception cref="ArgumentException">The values do not fit the signature.</exception>
    public static MessageBuffer Finish(ref MessageWriter writer, string signature, IReadOnlyList<object> values)
    {
        try
        {
            WriteAll(ref writer, signature, values);
            return writer.CreateMessage();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>A message as it was received.</summary>
    /// <exception cref="DBusReadException">The body is malformed.</exception>
    public static BusMessage ReadMessage(Message message)
    {
        Reader reader = message.GetBodyReader();
        return new BusMessage
        {
            Signature = message.SignatureAsString,
            Sender = message.SenderAsString ?? "",
            Path = message.PathAsString ?? "",
            Interface = message.InterfaceAsString ?? "",
            Member = message.MemberAsString ?? "",
            Values = ReadAll(ref reader, message.SignatureAsString),
        };
    }

    /// <summary>A message as it was received; null if its body is malformed.</summary>
    public static BusMessage? TryReadMessage(Message message)
    {
        try
        {
            return ReadMessage(message);
        }
        catch (DBusMessageException)
        {
            // Malformed, or a descriptor is named twice. An exception that leaves here would close the connection.
            return null;
        }
    }

    private static int LengthOfFirst(ReadOnlySpan<char> signature)
    {
        switch (signature[0])
        {
            case 'a':
                return 1 + LengthOfFirst(signature[1..]);
            case '(' or '{':
                int length = 1;
                while (signature[length] is not (')' or '}'))
                {
                    length += LengthOfFirst(signature[length..]);
                }
                return length + 1;
            default:
                return 1;
        }
    }

    private static void WriteAll(ref MessageWriter writer, string signature, IReadOnlyList<object> values)
    {
        List<string> types = Split(signature);
        if (types.Count != values.Count)
        {
            throw new ArgumentException($"Signature '{signature}' needs {types.Count} values, {values.Count} were given.", nameof(values));
        }
        for (int i = 0; i < types.Count; i++)
        {
            WriteOne(ref writer, types[i], values[i]);
        }
    }

    private static void WriteOne(ref MessageWriter writer, string type, object value)
    {
        switch (type[0])
        {
            case 's':
                writer.WriteString(Text(type, value));
                break;
            case 'o':
                writer.WriteObjectPath(Text(type, value));
                break;
            case 'g':
                writer.WriteSignature(Text(type, value));
                break;
            case 'y':
                writer.WriteByte(Fit<byte>(type, value));
                break;
            case 'b':
                writer.WriteBool(Fit<bool>(type, value));
                break;
            case 'n':
                writer.WriteInt16(Fit<short>(type, value));
                break;
            case 'q':
                writer.WriteUInt16(Fit<ushort>(type, value));
                break;
            case 'i':
                writer.WriteInt32(Fit<int>(type, value));
                break;
            case 'u':
                writer.WriteUInt32(Fit<uint>(type, value));
                break;
            case 'x':
                writer.WriteInt64(Fit<long>(type, value));
                break;
            case 't':
                writer.WriteUInt64(Fit<ulong>(type, value));
                break;
            case 'd':
                writer.WriteDouble(Fit<double>(type, value));
                break;
            case 'h':
                // The library closes what it has sent.
                writer.WriteHandle(Duplicate(Fit<SafeHandle>(type, value)));
                break;
            case 'v':
                BusVariant variant = Fit<BusVariant>(type, value);
                writer.WriteSignature(variant.Signature);
                WriteOne(ref writer, variant.Signature, variant.Value);
                break;
            case '(':
                writer.WriteStructureStart();
                WriteAll(ref writer, type[1..^1], Fit<object[]>(type, value));
                break;
            case 'a':
                WriteArray(ref writer, type, value);
                break;
            default:
                throw new ArgumentException($"'{type}' is not a D-Bus type that can be sent.", nameof(type));
        }
    }

    private static void WriteArray(ref MessageWriter writer, string type, object value)
    {
        string element = type[1..];
        ArrayStart start = writer.WriteArrayStart((DBusType)element[0]);
        if (element[0] == '{')
        {
            foreach ((string key, object item) in Fit<IReadOnlyDictionary<string, object>>(type, value))
            {
                writer.WriteDictionaryEntryStart();
                WriteOne(ref writer, element[1..2], key);
                WriteOne(ref writer, element[2..^1], item);
            }
        }
        else
        {
            foreach (object item in Fit<IEnumerable<object>>(type, value))
            {
                WriteOne(ref writer, element, item);
            }
        }
        writer.WriteArrayEnd(start);
    }

    private static string Text(string type, object value)
    {
        string text = Fit<string>(type, value);
        return text.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException("D-Bus strings cannot hold a NUL character.", nameof(value))
            : text;
    }

    private static SafeFileHandle Duplicate(SafeHandle handle)
    {
        bool isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            return FileDescriptor.Duplicate((int)handle.DangerousGetHandle());
        }
        finally
        {
            if (isHeld)
            {
                handle.DangerousRelease();
            }
        }
    }

    private static T Fit<T>(string type, object value) => value is T fitting
        ? fitting
        : throw new ArgumentException($"D-Bus type '{type}' needs a {typeof(T).Name}, not a {value.GetType().Name}.", nameof(value));

    private static object[] ReadAll(ref Reader reader, string signature)
    {
        List<string> types = Split(signature);
        object[] values = new object[types.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ReadOne(ref reader, types[i]);
        }
        return values;
    }

    private static object ReadOne(ref Reader reader, string type) => type[0] switch
    {
        's' => (object)reader.ReadString(),
        'o' => reader.ReadObjectPathAsString(),
        'g' => reader.ReadSignatureAsString(),
        'y' => reader.ReadByte(),
        'b' => reader.ReadBool(),
        'n' => reader.ReadInt16(),
        'q' => reader.ReadUInt16(),
        'i' => reader.ReadInt32(),
        'u' => reader.ReadUInt32(),
        'x' => reader.ReadInt64(),
        't' => reader.ReadUInt64(),
        'd' => reader.ReadDouble(),
        'h' => reader.ReadHandle<SafeFileHandle>(),
        'v' => ReadVariant(ref reader),
        '(' => ReadStruct(ref reader, type[1..^1]),
        'a' => ReadArray(ref reader, type[1..]),
        _ => throw new DBusReadException($"A value of D-Bus type '{type}' cannot be read."),
    };

    private static BusVariant ReadVariant(ref Reader reader)
    {
        string type = reader.ReadSignatureAsString();
        return new BusVariant(type, ReadOne(ref reader, type));
    }

    private static object[] ReadStruct(ref Reader reader, string members)
    {
        reader.AlignStruct();
        return ReadAll(ref reader, members);
    }

    private static object ReadArray(ref Reader reader, string element)
    {
        ArrayEnd end = reader.ReadArrayStart((DBusType)element[0]);
        if (element[0] == '{')
        {
            var entries = new Dictionary<string, object>(StringComparer.Ordinal);
            while (reader.HasNext(end))
            {
                string key = ReadOne(ref reader, element[1..2]).ToString() ?? "";
                entries[key] = ReadOne(ref reader, element[2..^1]);
            }
            return entries;
        }
        var items = new List<object>();
        while (reader.HasNext(end))
        {
            items.Add(ReadOne(ref reader, element));
        }
        return element is "s" or "o" or "g" ? items.ConvertAll(static item => (string)item).ToArray() : items.ToArray();
    }
}
