using System.Buffers.Binary;
using Bramble.Linux.Net;

namespace Bramble.VirtualPi.Models;

/// <summary>The layouts of option 97 that boards send.</summary>
public enum UuidForm
{
    /// <summary>0x44, sixteen times: the Pi 3B's boot ROM.</summary>
    Constant,

    /// <summary>The serial, little-endian, four times.</summary>
    SerialFourTimes,

    /// <summary>"RPi4", revision, zeros in the place of the MAC, serial: EEPROM of 2020-03-04.</summary>
    FourCc4WithoutMac,

    /// <summary>"RPi4", revision, MAC, serial.</summary>
    FourCc4,

    /// <summary>"4iPR", revision, MAC, serial.</summary>
    FourCc4Reversed,

    /// <summary>"5iPR", revision, MAC, serial.</summary>
    FourCc5Reversed,
}

internal static class UuidForms
{
    public const int Length = 17;

    /// <summary>Writes the 17 octets of option 97 (RFC 4578 §2.3: type 0, then the identifier).</summary>
    public static void Write(UuidForm form, PiIdentity identity, Span<byte> destination)
    {
        destination[..Length].Clear();
        Span<byte> id = destination.Slice(1, 16);
        switch (form)
        {
            case UuidForm.Constant:
                id.Fill(0x44);
                return;
            case UuidForm.SerialFourTimes:
                for (int i = 0; i < 16; i += 4)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(id[i..], identity.Serial);
                }

                return;
        }

        ReadOnlySpan<byte> fourCc = form switch
        {
            UuidForm.FourCc4Reversed => "4iPR"u8,
            UuidForm.FourCc5Reversed => "5iPR"u8,
            _ => "RPi4"u8,
        };
        fourCc.CopyTo(id);
        BinaryPrimitives.WriteUInt32LittleEndian(id[4..], identity.Revision);
        if (form != UuidForm.FourCc4WithoutMac)
        {
            Span<byte> mac = stackalloc byte[MacAddress.Length];
            identity.Mac.CopyTo(mac);
            mac[2..].CopyTo(id[8..]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(id[12..], identity.Serial);
    }
}
