using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <summary>
/// The DISCOVER with which a Bramble in <see cref="DhcpMode.Auto"/> looks for other servers, and the mark in the OFFER of another
/// Bramble that could give way.
/// </summary>
internal static class BrambleProbe
{
    /// <summary>Option 60 of both.</summary>
    public static ReadOnlySpan<byte> VendorClass => "Bramble"u8;

    /// <summary>Writes a probe; returns its length.</summary>
    /// <param name="buffer">300 octets or more.</param>
    /// <param name="xid">The transaction.</param>
    /// <param name="mac">The client address to use.</param>
    /// <param name="server">The prober's own address: option 43, whose meaning the vendor class gives.</param>
    public static int Write(Span<byte> buffer, uint xid, MacAddress mac, Ipv4Address server)
    {
        var writer = new DhcpWriter(buffer, xid, mac, DhcpMessageType.Discover);
        writer.Add(DhcpOption.ParameterRequestList, [DhcpOption.SubnetMask, DhcpOption.Router]);
        writer.Add(DhcpOption.VendorClass, VendorClass);
        writer.AddAddress(DhcpOption.VendorSpecific, server);
        return writer.Finish(pad: true);
    }

    /// <summary>True if a message carries the mark.</summary>
    public static bool IsMarked(DhcpPacket packet)
    {
        Span<byte> scratch = stackalloc byte[16];
        return packet.TryGetOption(DhcpOption.VendorClass, scratch, out ReadOnlySpan<byte> vendorClass) && vendorClass.SequenceEqual(VendorClass);
    }

    /// <summary>Opens a probe; false for every other message.</summary>
    public static bool TryRead(DhcpPacket packet, out Ipv4Address server)
    {
        server = default;
        return packet.MessageType == DhcpMessageType.Discover && IsMarked(packet) && packet.TryGetAddress(DhcpOption.VendorSpecific, out server);
    }
}
