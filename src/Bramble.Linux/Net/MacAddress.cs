using System.Globalization;

namespace Bramble.Linux.Net;

/// <summary>A 48-bit Ethernet address (EUI-48), held in the low 48 bits of <paramref name="Value"/>, first octet highest.</summary>
/// <param name="Value">The address as a number; bits 48–63 are zero.</param>
public readonly record struct MacAddress(ulong Value)
{
    /// <summary>Octets of an Ethernet address.</summary>
    public const int Length = 6;

    /// <summary>ff:ff:ff:ff:ff:ff.</summary>
    public static MacAddress Broadcast => new(0xFFFF_FFFF_FFFF);

    /// <summary>The three-octet vendor prefix (OUI), in the low 24 bits.</summary>
    public uint Oui => (uint)(Value >> 24);

    /// <summary>Reads the first six octets of <paramref name="octets"/>.</summary>
    public static MacAddress FromOctets(ReadOnlySpan<byte> octets)
    {
        ulong value = 0;
        for (int i = 0; i < Length; i++)
        {
            value = (value << 8) | octets[i];
        }

        return new MacAddress(value);
    }

    /// <summary>Writes the six octets, first octet first.</summary>
    public void CopyTo(Span<byte> destination)
    {
        for (int i = 0; i < Length; i++)
        {
            destination[i] = (byte)(Value >> (8 * (Length - 1 - i)));
        }
    }

    /// <summary>Parses <c>dc:a6:32:01:36:c2</c>, also with dashes; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress address)
    {
        address = default;
        if (text.Length != 17)
        {
            return false;
        }

        ulong value = 0;
        for (int i = 0; i < Length; i++)
        {
            if (i > 0 && text[(i * 3) - 1] is not (':' or '-'))
            {
                return false;
            }

            if (!byte.TryParse(text.Slice(i * 3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet))
            {
                return false;
            }

            value = (value << 8) | octet;
        }

        address = new MacAddress(value);
        return true;
    }

    /// <summary>The address in lower case with colons.</summary>
    public override string ToString()
    {
        return string.Create(17, Value, static (span, value) =>
        {
            for (int i = 0; i < Length; i++)
            {
                byte octet = (byte)(value >> (8 * (Length - 1 - i)));
                octet.TryFormat(span[(i * 3)..], out _, "x2", CultureInfo.InvariantCulture);
                if (i < Length - 1)
                {
                    span[(i * 3) + 2] = ':';
                }
            }
        });
    }
}
