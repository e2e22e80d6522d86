using System.Buffers.Binary;
using Bramble.Linux.Net;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Wire;

/// <summary>Makes the BOOTREQUESTs of the boot stages, octet for octet as they were captured.</summary>
internal static class DhcpRequests
{
    public const uint MagicCookie = 0x63825363;

    /// <summary>The transaction id that every Pi 3 sends.</summary>
    public const uint Pi3Xid = 0x26f30339;

    private static ReadOnlySpan<byte> VendorClass => "PXEClient:Arch:00000:UNDI:002001"u8;

    private static ReadOnlySpan<byte> RomParameters => [43, 60, 67, 128, 129, 130, 131, 132, 133, 134, 135, 66];

    private static ReadOnlySpan<byte> BootcodeParameters => [43, 60, 67, 128, 129, 130, 131, 132, 133, 134, 135, 66, 1, 3];

    private static ReadOnlySpan<byte> EepromParameters => [1, 3, 43, 60, 66, 67, 128, 129, 130, 131, 132, 133, 134, 135];

    /// <summary>What a stage asks for in option 55.</summary>
    public static ReadOnlySpan<byte> ParametersOf(DhcpStage stage) => stage switch
    {
        DhcpStage.BootRom => RomParameters,
        DhcpStage.Bootcode => BootcodeParameters,
        _ => EepromParameters,
    };

    /// <summary>The DISCOVER of a stage: options 53, 55, 93, 94, 97, 60, no padding.</summary>
    public static byte[] Discover(DhcpStage stage, UuidForm uuid, PiIdentity identity, uint xid)
    {
        ReadOnlySpan<byte> parameters = ParametersOf(stage);
        byte[] message = new byte[240 + 3 + 2 + parameters.Length + 4 + 5 + 2 + UuidForms.Length + 2 + VendorClass.Length + 1];
        WriteHeader(message, identity.Mac, xid);
        int i = 240;
        Put(message, ref i, 53, [(byte)DhcpMessageType.Discover]);
        Put(message, ref i, 55, parameters);
        Put(message, ref i, 93, [0, 0]);
        Put(message, ref i, 94, [1, 2, 1]);
        Span<byte> id = stackalloc byte[UuidForms.Length];
        UuidForms.Write(uuid, identity, id);
        Put(message, ref i, 97, id);
        Put(message, ref i, 60, VendorClass);
        message[i] = 255;
        return message;
    }

    /// <summary>The REQUEST of an EEPROM: no option 55, 93, 97; the vendor class only in newer releases.</summary>
    public static byte[] Request(MacAddress mac, uint xid, Ipv4Address address, Ipv4Address server, bool vendorClass)
    {
        byte[] message = new byte[240 + 3 + 6 + 6 + (vendorClass ? 2 + VendorClass.Length : 0) + 1];
        WriteHeader(message, mac, xid);
        int i = 240;
        Span<byte> octets = stackalloc byte[4];
        Put(message, ref i, 53, [(byte)DhcpMessageType.Request]);
        address.CopyTo(octets);
        Put(message, ref i, 50, octets);
        server.CopyTo(octets);
        Put(message, ref i, 54, octets);
        if (vendorClass)
        {
            Put(message, ref i, 60, VendorClass);
        }

        message[i] = 255;
        return message;
    }

    /// <summary>A plain DISCOVER or REQUEST as a kernel or an initramfs sends it (<c>ip=dhcp</c>): no PXE options.</summary>
    public static byte[] Plain(DhcpMessageType type, MacAddress mac, uint xid, Ipv4Address address, Ipv4Address server)
    {
        byte[] message = new byte[300];
        WriteHeader(message, mac, xid);
        int i = 240;
        Put(message, ref i, 53, [(byte)type]);
        if (type == DhcpMessageType.Request)
        {
            Span<byte> octets = stackalloc byte[4];
            server.CopyTo(octets);
            Put(message, ref i, 54, octets);
            address.CopyTo(octets);
            Put(message, ref i, 50, octets);
        }

        Put(message, ref i, 55, [1, 3, 6, 12, 15, 17, 26, 28, 42, 51, 54]);
        message[i] = 255;
        return message;
    }

    /// <summary>The transaction id of a message.</summary>
    public static uint XidOf(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt32BigEndian(message[4..]);

    /// <summary>The first option of that code; empty when there is none.</summary>
    public static byte[] OptionOf(ReadOnlySpan<byte> message, int code)
    {
        for (int i = 240; i + 1 < message.Length && message[i] != 255;)
        {
            if (message[i] == 0)
            {
                i++;
                continue;
            }

            int length = message[i + 1];
            if (message[i] == code && i + 2 + length <= message.Length)
            {
                return message.Slice(i + 2, length).ToArray();
            }

            i += 2 + length;
        }

        return [];
    }

    private static void WriteHeader(Span<byte> message, MacAddress mac, uint xid)
    {
        message[0] = 1;
        message[1] = 1;
        message[2] = MacAddress.Length;
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], xid);
        mac.CopyTo(message[28..]);
        BinaryPrimitives.WriteUInt32BigEndian(message[236..], MagicCookie);
    }

    private static void Put(Span<byte> message, ref int at, byte code, ReadOnlySpan<byte> value)
    {
        message[at++] = code;
        message[at++] = (byte)value.Length;
        value.CopyTo(message[at..]);
        at += value.Length;
    }
}
