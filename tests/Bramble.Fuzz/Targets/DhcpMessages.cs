using System.Buffers.Binary;
using System.Text;

namespace Bramble.Fuzz.Targets;

/// <summary>Messages of clients, octet by octet and without the product's own writer (RFC 2131 section 2).</summary>
internal static class DhcpMessages
{
    private const string PiClass = "PXEClient:Arch:00000:UNDI:002001";

    /// <summary>A message of client <paramref name="client"/> (the last octet of its address).</summary>
    public static byte[] Of(byte type, byte client, params byte[][] options)
    {
        byte[] header = new byte[240];
        (header[0], header[1], header[2]) = (1, 1, 6);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), 0xA1B2C300u | client);
        byte[] mac = [0x02, 0, 0, 0, 0, client];
        mac.CopyTo(header, 28);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(236), 0x63825363);
        return [.. header, 53, 1, type, .. options.SelectMany(o => o), 255];
    }

    /// <summary>The same for a board: the vendor part of its address too.</summary>
    public static byte[] OfBoard(byte type, byte client, byte[] oui, params byte[][] options)
    {
        byte[] message = Of(type, client, options);
        oui.CopyTo(message, 28);
        return message;
    }

    /// <summary>One option.</summary>
    public static byte[] Option(byte code, params byte[] value) => [code, (byte)value.Length, .. value];

    /// <summary>One option of text.</summary>
    public static byte[] Option(byte code, string text) => Option(code, Encoding.ASCII.GetBytes(text));

    /// <summary>The messages that real boards and systems send.</summary>
    public static IEnumerable<byte[]> Real =>
    [
        // Pi 4, EEPROM of 2021: DISCOVER with its serial, then a REQUEST that says little.
        OfBoard(1, 4, [0xe4, 0x5f, 0x01],
            Option(55, 1, 3, 43, 60, 66, 67, 128, 129, 130, 131, 132, 133, 134, 135), Option(93, 0, 0), Option(94, 1, 2, 1),
            Option(97, Convert.FromHexString("00346950521431d000000000043df0cd91")), Option(60, PiClass)),
        OfBoard(3, 4, [0xe4, 0x5f, 0x01], Option(54, 10, 42, 0, 1), Option(50, 10, 42, 0, 4)),

        // Pi 3 boot ROM and bootcode.bin.
        OfBoard(1, 3, [0xb8, 0x27, 0xeb],
            Option(55, 43, 60, 67, 128, 129, 130, 131, 132, 133, 134, 135, 66), Option(93, 0, 0), Option(94, 1, 2, 1),
            Option(97, [0, .. Enumerable.Repeat((byte)0x44, 16)]), Option(60, PiClass)),
        OfBoard(1, 3, [0xb8, 0x27, 0xeb],
            Option(55, 43, 60, 67, 128, 129, 130, 131, 132, 133, 134, 135, 66, 1, 3), Option(93, 0, 0), Option(94, 1, 2, 1),
            Option(97, Convert.FromHexString("00c6bc078bc6bc078bc6bc078bc6bc078b")), Option(60, PiClass)),

        // Pi 5, and UEFI on a Pi 4.
        OfBoard(1, 5, [0x2c, 0xcf, 0x67],
            Option(55, 1, 3, 43, 60, 66, 67, 128, 129, 130, 131, 132, 133, 134, 135), Option(93, 0, 0), Option(94, 1, 2, 1),
            Option(97, Convert.FromHexString("00356950527041d00000000005798ff17b")), Option(60, PiClass)),
        OfBoard(1, 4, [0xe4, 0x5f, 0x01], Option(57, 5, 0xC0), Option(93, 0, 11), Option(94, 1, 3, 0), Option(60, "PXEClient:Arch:00011:UNDI:003000")),

        // A PC and a plain system: identifier, name, a short reply wanted, overload, relay agent.
        Of(1, 1, Option(60, "PXEClient:Arch:00000:UNDI:002001"), Option(97, [0, .. new byte[16]]), Option(93, 0, 0), Option(55, 1, 2, 3, 5, 6, 11)),
        Of(1, 2, Option(61, 1, 2, 0, 0, 0, 0, 2), Option(12, "laptop"), Option(57, 2, 64), Option(55, 1, 3, 6, 12, 15, 42, 51, 54, 58, 59, 119, 121)),
        Of(3, 2, Option(61, 255, 1, 2, 3, 4, 0, 2), Option(50, 10, 42, 0, 6), Option(54, 10, 42, 0, 1)),
        Of(3, 2, Option(50, 10, 42, 0, 6)),
        Of(4, 2, Option(50, 10, 42, 0, 6), Option(54, 10, 42, 0, 1)),
        Of(7, 2, Option(54, 10, 42, 0, 1)),
        Of(8, 2),
        Of(1, 2, Option(52, 3)),
        Of(1, 2, Option(82, 1, 4, 0x65, 0x74, 0x68, 0x30)),
        Of(1, 2, Option(61, 0, 1), Option(61, 2, 3), Option(12, "a"), Option(12, "b")),
    ];
}
