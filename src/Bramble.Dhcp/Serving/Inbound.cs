using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <summary>A message and all that is known about it before it is answered.</summary>
internal readonly ref struct Inbound(DhcpPacket packet, PacketArrival arrival, ServedSubnet subnet, BoardIdentity board, ClientStage stage, BootDecision decision, ReadOnlySpan<byte> key)
{
    public readonly DhcpPacket Packet = packet;
    public readonly PacketArrival Arrival = arrival;
    public readonly ServedSubnet Subnet = subnet;
    public readonly BoardIdentity Board = board;
    public readonly ClientStage Stage = stage;
    public readonly BootDecision Decision = decision;
    public readonly ReadOnlySpan<byte> Key = key;

    public MacAddress Mac => Board.Mac;

    public DateTimeOffset Now => Arrival.Time;

    /// <summary>True if the answer carries boot information.</summary>
    public bool Boots => Stage == ClientStage.Firmware && Decision.Disposition != BootDisposition.Ignore;

    public bool IsRelayed => !Packet.Giaddr.IsAny;
}
