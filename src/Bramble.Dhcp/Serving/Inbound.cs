using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <summary>A message and all that is known about it before it is answered.</summary>
internal readonly ref struct Inbound(DhcpPacket packet, PacketArrival arrival, ServedSubnet subnet, SubnetOptions options, BoardIdentity board, ClientStage stage, BootDecision decision, ReadOnlySpan<byte> key)
{
    public readonly DhcpPacket Packet = packet;
    public readonly PacketArrival Arrival = arrival;
    public readonly ServedSubnet Subnet = subnet;
    public readonly SubnetOptions Options = options;
    public readonly BoardIdentity Board = board;
    public readonly ClientStage Stage = stage;
    public readonly BootDecision Decision = decision;
    public readonly ReadOnlySpan<byte> Key = key;

    public MacAddress Mac => Board.Mac;

    public DateTimeOffset Now => Arrival.Time;

    /// <summary>True if the answer carries boot information.</summary>
    public bool Boots => BootsFirmware || UefiBootFile is not null;

    /// <summary>True if it carries that of Raspberry Pi firmware.</summary>
    public bool BootsFirmware => Stage == ClientStage.Firmware && Decision.Disposition != BootDisposition.Ignore;

    /// <summary>What UEFI on a board is told to start; null for everything else.</summary>
    public string? UefiBootFile { get; init; }

    public bool IsRelayed => !Packet.Giaddr.IsAny;
}
