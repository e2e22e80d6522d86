using Bramble.Integration.Tests.Lab;
using Bramble.Linux.Net;
using Bramble.VirtualPi.Link;
using Bramble.VirtualPi.Models;
using Bramble.VirtualPi.Wire;

namespace Bramble.Integration.Tests.Attacks;

/// <summary>A machine on the boards' cable that writes what it likes into its frames; their Ethernet source is its own.</summary>
internal sealed class Stranger : IDisposable
{
    /// <summary>Its Ethernet address.</summary>
    public const string Mac = "02:00:00:00:00:66";

    private const byte DeclineType = 4;
    private const byte ReleaseType = 7;

    private static readonly Ipv4Address s_server = Ipv4Address.Parse("10.77.0.1");
    private static readonly MacAddress s_mac = Parse(Mac);

    private static uint s_strangers;

    private readonly PacketSocket _socket;

    // Transactions of two strangers differ: the server takes like messages of two machines for forged.
    private uint _xid = 0x0bad0000 + (Interlocked.Increment(ref s_strangers) << 8);

    public Stranger(Segment segment) => _socket = NetworkNamespace.In(segment.BoardNamespace, static () => PacketSocket.Open("pi0"));

    /// <summary>One DISCOVER of a Pi 4's EEPROM, and nothing after it.</summary>
    /// <param name="serial">The serial in option 97.</param>
    /// <param name="mac">The client address.</param>
    public void Discover(uint serial, string mac) =>
        Broadcast(Ipv4Address.Any, DhcpRequests.Discover(DhcpStage.Eeprom, UuidForm.FourCc4, PiIdentity.Create(PiModel.Pi4B, serial, Parse(mac), null), 0x0bad0001));

    /// <summary>Says in the name of a client that its address is used by another machine.</summary>
    public void Decline(string mac, string address) => Broadcast(Ipv4Address.Any, GiveUp(DeclineType, mac, default, Ipv4Address.Parse(address)));

    /// <summary>Gives the address of a client back in its name.</summary>
    /// <param name="mac">The client address.</param>
    /// <param name="address">Its address.</param>
    /// <param name="from">The frame's Ethernet source; the stranger's own if null.</param>
    public void Release(string mac, string address, string? from = null) =>
        Broadcast(Ipv4Address.Parse(address), GiveUp(ReleaseType, mac, Ipv4Address.Parse(address), default), from is null ? s_mac : Parse(from));

    public void Dispose() => _socket.Dispose();

    private byte[] GiveUp(byte type, string mac, Ipv4Address own, Ipv4Address requested)
    {
        byte[] message = DhcpRequests.Plain(DhcpMessageType.Request, Parse(mac), ++_xid, requested, s_server);
        message[242] = type;
        own.CopyTo(message.AsSpan(12));
        return message;
    }

    private void Broadcast(Ipv4Address source, ReadOnlySpan<byte> message, MacAddress? from = null) =>
        _socket.Send(Frames.Udp(from ?? s_mac, MacAddress.Broadcast, source, 68, Ipv4Address.Broadcast, 67, 1, checksum: true, message));

    private static MacAddress Parse(string text) => MacAddress.TryParse(text, out MacAddress mac) ? mac : throw new FormatException(text);
}
