using System.Diagnostics.CodeAnalysis;
using System.Text;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <summary>What another server's OFFER says about booting.</summary>
internal static class OfferedBoot
{
    private const int LongestName = 64;

    /// <summary>Reads the boot server and the boot file; false if the OFFER names none. 'Next server' alone says nothing: many servers put themselves there.</summary>
    /// <remarks>A boot menu for Raspberry Pis (option 43) counts as naming its sender.</remarks>
    public static bool TryRead(DhcpPacket packet, out Ipv4Address server, [NotNullWhen(true)] out string? file)
    {
        Span<byte> scratch = stackalloc byte[256];
        server = packet.Siaddr;
        bool named = packet.TryGetOption(DhcpOption.TftpServerName, scratch, out ReadOnlySpan<byte> name) && name.Length > 0;
        if (named && Ipv4Address.TryParse(Text(name), out Ipv4Address address))
        {
            server = address;
        }

        file = packet.TryGetOption(DhcpOption.BootFileName, scratch, out ReadOnlySpan<byte> option) ? Text(option) : Text(packet.File);
        if (packet.TryGetOption(DhcpOption.VendorSpecific, scratch, out ReadOnlySpan<byte> menu) && menu.IndexOf("Raspberry Pi Boot"u8) >= 0)
        {
            named = true;
            server = server.IsAny && packet.TryGetAddress(DhcpOption.ServerIdentifier, out Ipv4Address identifier) ? identifier : server;
        }

        return named || file.Length > 0;
    }

    // From the wire, for people: printable ASCII only.
    private static string Text(ReadOnlySpan<byte> octets)
    {
        int end = octets.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E);
        return Encoding.ASCII.GetString(octets[..Math.Min(end < 0 ? octets.Length : end, LongestName)]);
    }
}
