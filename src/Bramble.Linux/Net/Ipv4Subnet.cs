using System.Globalization;
using System.Numerics;

namespace Bramble.Linux.Net;

/// <summary>An IPv4 subnet such as 192.168.1.0/24.</summary>
/// <param name="Network">The lowest address; its host bits are zero.</param>
/// <param name="PrefixLength">0 to 32.</param>
public readonly record struct Ipv4Subnet(Ipv4Address Network, int PrefixLength)
{
    /// <summary>The netmask, 255.255.255.0 for /24.</summary>
    public Ipv4Address Mask => new(PrefixLength == 0 ? 0 : uint.MaxValue << (32 - PrefixLength));

    /// <summary>The directed broadcast address.</summary>
    public Ipv4Address BroadcastAddress => new(Network.Value | ~Mask.Value);

    /// <summary>The subnet that <paramref name="address"/> lies in.</summary>
    public static Ipv4Subnet Of(Ipv4Address address, int prefixLength)
    {
        var subnet = new Ipv4Subnet(address, prefixLength);
        return subnet with { Network = new Ipv4Address(address.Value & subnet.Mask.Value) };
    }

    /// <summary>The prefix length of a netmask, or -1 if its ones are not contiguous.</summary>
    public static int PrefixLengthOf(Ipv4Address mask)
    {
        int length = BitOperations.PopCount(mask.Value);
        return new Ipv4Subnet(default, length).Mask == mask ? length : -1;
    }

    /// <summary>True if <paramref name="address"/> lies in this subnet, network and broadcast address included.</summary>
    public bool Contains(Ipv4Address address) => (address.Value & Mask.Value) == Network.Value;

    /// <summary>Parses <c>192.168.1.0/24</c>; host bits are cut off. False for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Subnet subnet)
    {
        subnet = default;
        int slash = text.IndexOf('/');
        if (slash < 0 || !Ipv4Address.TryParse(text[..slash], out Ipv4Address address)
            || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > 32)
        {
            return false;
        }

        subnet = Of(address, length);
        return true;
    }

    /// <summary>CIDR notation.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Network}/{PrefixLength}");
}
