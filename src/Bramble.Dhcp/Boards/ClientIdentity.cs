using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Boards;

/// <summary>What an operating system says it is, as a number: copies of one system say the same.</summary>
internal static class ClientIdentity
{
    // RFC 4361 section 6.1: type 255, four octets of IAID, then the DUID.
    private const byte NodeSpecific = 255;
    private const int Duid = 1 + 4;

    /// <summary>The fingerprint; 0 for none or for one that only repeats the Ethernet address.</summary>
    public static ulong Of(DhcpPacket packet, MacAddress mac)
    {
        Span<byte> scratch = stackalloc byte[256];
        return packet.TryGetOption(DhcpOption.ClientIdentifier, scratch, out ReadOnlySpan<byte> identifier) ? Of(identifier, mac) : 0;
    }

    /// <summary>The same of option 61's octets.</summary>
    public static ulong Of(ReadOnlySpan<byte> identifier, MacAddress mac)
    {
        if (identifier.Length < 2)
        {
            return 0;
        }

        // The IAID is that of the interface; two copies of a system may differ in it.
        ReadOnlySpan<byte> what = identifier[0] == NodeSpecific && identifier.Length > Duid ? identifier[Duid..] : identifier;
        Span<byte> octets = stackalloc byte[MacAddress.Length];
        mac.CopyTo(octets);
        if (what.Length <= 1 + MacAddress.Length && what.IndexOf(octets) >= 0)
        {
            return 0;
        }

        // FNV-1a, 64 bits: nobody gains anything by a collision.
        ulong hash = 14695981039346656037;
        foreach (byte octet in what)
        {
            hash = (hash ^ octet) * 1099511628211;
        }

        return hash == 0 ? 1 : hash;
    }
}
