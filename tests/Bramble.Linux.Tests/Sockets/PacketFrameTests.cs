using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Xunit;

namespace Bramble.Linux.Tests.Sockets;

public sealed class PacketFrameTests
{
    private static readonly MacAddress s_mac = new(0x020000000001);
    private static readonly Ipv4Address s_address = Ipv4Address.Parse("10.0.0.2");

    [Fact]
    public void Arp_probe_claims_no_address_and_announcement_claims_its_own()
    {
        byte[] frame = new byte[60];
        Assert.Equal(PacketFrame.ArpLength, PacketFrame.WriteArpProbe(frame, s_mac, s_address));
        Assert.Equal("FFFFFFFFFFFF" + "020000000001" + "0806" + "0001080006040001" + "020000000001" + "00000000" + "000000000000" + "0A000002", Convert.ToHexString(frame[..42]));
        Assert.True(PacketFrame.TryReadArp(frame, out MacAddress mac, out Ipv4Address sender, out Ipv4Address target, out ushort operation));
        Assert.Equal((s_mac, Ipv4Address.Any, s_address, (ushort)1), (mac, sender, target, operation));

        PacketFrame.WriteArpAnnouncement(frame, s_mac, s_address);
        Assert.True(PacketFrame.TryReadArp(frame, out mac, out sender, out target, out operation));
        Assert.Equal((s_mac, s_address, s_address, (ushort)1), (mac, sender, target, operation));
    }

    [Fact]
    public void Anything_but_a_whole_arp_packet_of_ipv4_over_ethernet_is_refused()
    {
        byte[] frame = new byte[PacketFrame.ArpLength];
        PacketFrame.WriteArpProbe(frame, s_mac, s_address);
        for (int cut = 0; cut < frame.Length; cut++)
        {
            Assert.False(PacketFrame.TryReadArp(frame.AsSpan(0, cut), out _, out _, out _, out _));
        }

        // EtherType, hardware type, protocol type and the lengths of the addresses.
        for (int i = 12; i < 20; i++)
        {
            byte[] other = (byte[])frame.Clone();
            other[i] ^= 1;
            Assert.False(PacketFrame.TryReadArp(other, out _, out _, out _, out _));
        }
    }
}
