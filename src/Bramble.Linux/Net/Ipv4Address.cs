using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Bramble.Linux.Net;

/// <summary>An IPv4 address as a number in host order, so that ranges and masks are plain arithmetic and no packet allocates.</summary>
/// <param name="Value">10.0.0.1 is 0x0A000001.</param>
public readonly record struct Ipv4Address(uint Value) : IComparable<Ipv4Address>
{
    /// <summary>0.0.0.0.</summary>
    public static Ipv4Address Any => default;

    /// <summary>255.255.255.255.</summary>
    public static Ipv4Address Broadcast => new(uint.MaxValue);

    /// <summary>True for 0.0.0.0.</summary>
    public bool IsAny => Value == 0;

    /// <summary>Reads four octets in network order.</summary>
    public static Ipv4Address FromOctets(ReadOnlySpan<byte> octets) => new(BinaryPrimitives.ReadUInt32BigEndian(octets));

    /// <summary>Writes four octets in network order.</summary>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt32BigEndian(destination, Value);

    /// <summary>Parses a dotted quad; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        uint value = 0;
        int parts = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            // The framework's parser lets NULs follow a number, which a DHCP option may well bring.
            if (part.Length is 0 or > 3 || part.ContainsAnyExceptInRange('0', '9') || ++parts > 4
                || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte octet))
            {
                return false;
            }

            value = (value << 8) | octet;
        }

        address = new Ipv4Address(value);
        return parts == 4;
    }

    /// <summary>Parses a dotted quad.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not a dotted quad.</exception>
    public static Ipv4Address Parse(string text)
    {
        return TryParse(text, out Ipv4Address address)
            ? address
            : throw new FormatException($"'{text}' is not an IPv4 address such as 192.168.1.10.");
    }

    /// <summary>The framework's form.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[4];
        CopyTo(octets);
        return new IPAddress(octets);
    }

    /// <inheritdoc/>
    public int CompareTo(Ipv4Address other) => Value.CompareTo(other.Value);

    /// <summary>The dotted quad.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Value >> 24}.{(Value >> 16) & 255}.{(Value >> 8) & 255}.{Value & 255}");
}
