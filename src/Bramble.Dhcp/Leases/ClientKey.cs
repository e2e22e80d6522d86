using System.Diagnostics.CodeAnalysis;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Leases;

/// <summary>
/// Names a client within a subnet: four octets of subnet, one tag, then the Ethernet address or the client identifier
/// (RFC 2131 section 4.2). As octets, so that looking one up allocates nothing.
/// </summary>
internal static class ClientKey
{
    public const int Maximum = 4 + 1 + 200;
    public const int MacLength = 4 + 1 + MacAddress.Length;

    private const byte ByMac = 0;
    private const byte ByIdentifier = 1;
    private const byte Conflict = 2;

    /// <summary>By Ethernet address: Raspberry Pis, whose programs all must get one address, and clients without option 61.</summary>
    public static ReadOnlySpan<byte> WriteMac(Span<byte> buffer, Ipv4Subnet subnet, MacAddress mac)
    {
        subnet.Network.CopyTo(buffer);
        buffer[4] = ByMac;
        mac.CopyTo(buffer[5..]);
        return buffer[..MacLength];
    }

    /// <summary>By client identifier; one over 200 octets is refused (empty result).</summary>
    public static ReadOnlySpan<byte> WriteIdentifier(Span<byte> buffer, Ipv4Subnet subnet, ReadOnlySpan<byte> identifier)
    {
        if (identifier.Length is < 2 or > Maximum - 5)
        {
            return default;
        }

        subnet.Network.CopyTo(buffer);
        buffer[4] = ByIdentifier;
        identifier.CopyTo(buffer[5..]);
        return buffer[..(5 + identifier.Length)];
    }

    /// <summary>Nobody: of an address that a machine uses without having it from here.</summary>
    public static ReadOnlySpan<byte> WriteConflict(Span<byte> buffer, Ipv4Subnet subnet, Ipv4Address address)
    {
        subnet.Network.CopyTo(buffer);
        buffer[4] = Conflict;
        address.CopyTo(buffer[5..]);
        return buffer[..(5 + 4)];
    }

    /// <summary>True for a key of <see cref="WriteConflict"/>.</summary>
    public static bool IsConflict(ReadOnlySpan<byte> key) => key.Length == 5 + 4 && key[4] == Conflict;

    /// <summary>Compares keys by content, and looks them up by a span.</summary>
    public sealed class Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            // Seeded per process, so that nobody can choose identifiers that collide.
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());
    }
}
