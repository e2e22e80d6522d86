using System.Buffers.Binary;
using System.Text;

namespace Bramble.VirtualPi.Wire;

/// <summary>The TFTP packets of a client (RFC 1350, RFC 2347 to 2349).</summary>
internal static class TftpPackets
{
    public const int MaxNames = 16;

    /// <summary>ERROR 0 "Early terminate": a probe's answer to OACK or DATA 1.</summary>
    public static ReadOnlySpan<byte> EarlyTerminate => "\0\u0005\0\0Early terminate\0"u8;

    /// <summary>A read request in mode octet, with options in the order given.</summary>
    public static byte[] ReadRequest(string path, IReadOnlyList<KeyValuePair<string, string>> options)
    {
        var text = new StringBuilder("\0\u0001").Append(path).Append("\0octet\0");
        foreach ((string name, string value) in options)
        {
            text.Append(name).Append('\0').Append(value).Append('\0');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static byte[] Ack(ushort block) => [0, 4, (byte)(block >> 8), (byte)block];

    public static byte[] Error(ushort code, string message) =>
        [0, 5, (byte)(code >> 8), (byte)code, .. Encoding.ASCII.GetBytes(message), 0];

    /// <summary>The opcode, 0 for a runt.</summary>
    public static TftpOpcode OpcodeOf(ReadOnlySpan<byte> packet) =>
        packet.Length < 4 ? TftpOpcode.None : (TftpOpcode)BinaryPrimitives.ReadUInt16BigEndian(packet);

    /// <summary>Block number of DATA or code of ERROR.</summary>
    public static ushort NumberOf(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);

    /// <summary>The text of ERROR, up to its NUL.</summary>
    public static string ErrorText(ReadOnlySpan<byte> packet)
    {
        ReadOnlySpan<byte> text = packet[4..];
        int end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    /// <summary>Reads name/value pairs of an OACK; false when a NUL is missing, a name is doubled or there is an odd string.</summary>
    public static bool TryReadOptions(ReadOnlySpan<byte> packet, Dictionary<string, string> options)
    {
        ReadOnlySpan<byte> rest = packet[2..];
        while (!rest.IsEmpty)
        {
            int name = rest.IndexOf((byte)0);
            if (name <= 0 || options.Count >= MaxNames)
            {
                return false;
            }

            int value = rest[(name + 1)..].IndexOf((byte)0);
            if (value < 0
                || !options.TryAdd(Encoding.ASCII.GetString(rest[..name]).ToLowerInvariant(), Encoding.ASCII.GetString(rest.Slice(name + 1, value))))
            {
                return false;
            }

            rest = rest[(name + value + 2)..];
        }

        return true;
    }
}
