using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <content>Boot information: in an OFFER of the server, and as ProxyDHCP on ports 67 and 4011 (PXE 2.1 section 2).</content>
public sealed partial class DhcpResponder
{
    // 64-bit ARM UEFI in the IANA registry of processor architectures: RPI_EFI.fd on a Pi 3 to 5.
    private const ushort ArmUefi = 11;

    // yiaddr 0 and no lease: the client joins it with the OFFER of the DHCP server, in either order.
    private void SendProxyOffer(in Inbound inbound, ReplyBatch replies)
    {
        DhcpWriter writer = Begin(inbound, DhcpMessageType.Offer, replies);
        writer.SetBroadcastFlag();
        AddBoot(ref writer, inbound);
        Reply reply = Route(inbound, default);
        if (!inbound.IsRelayed)
        {
            reply = reply with { Route = ReplyRoute.Broadcast };
        }

        if (inbound.BootsFirmware && inbound.Board.Family == PiFamily.Pi3 && !inbound.IsRelayed)
        {
            // To its Ethernet address alone: all Pi 3s use one transaction id, and one that has just got its address hangs if it hears this.
            reply = reply with
            {
                Route = ReplyRoute.LinkLayer,
                Address = Ipv4Address.Broadcast,
                Delay = _options.Pi3ProxyDelay + _pacer.NextDelay(inbound.Now),
                Nudge = true,
            };
        }

        Finish(ref writer, inbound, replies, reply);
        Emit(DhcpEventKind.ProxyOffer, inbound, default, inbound.Subnet.Server);
    }

    // A client that has its address asks again by unicast. It listens where it asked from.
    private void OnBootServer(in Inbound inbound, ReplyBatch replies)
    {
        if (inbound.Packet.MessageType is not (DhcpMessageType.Request or DhcpMessageType.Inform) || !inbound.Boots)
        {
            Drop(DhcpDropReason.NotForProxy);
            return;
        }

        Ipv4Address client = inbound.Packet.Ciaddr.IsAny ? inbound.Arrival.Source : inbound.Packet.Ciaddr;
        if (!inbound.Subnet.Subnet.Contains(client))
        {
            Drop(DhcpDropReason.WrongClientAddress);
            return;
        }

        DhcpWriter writer = Begin(inbound, DhcpMessageType.Ack, replies);
        writer.Ciaddr = inbound.Packet.Ciaddr;
        AddBoot(ref writer, inbound);
        Finish(ref writer, inbound, replies, Route(inbound, default) with
        {
            Route = ReplyRoute.Unicast,
            Address = client,
            Port = inbound.Arrival.BootClientPort,
            FromBootServerPort = true,
        });
        Emit(DhcpEventKind.ProxyOffer, inbound, default, inbound.Subnet.Server);
    }

    // siaddr, 54 and 66 name the same address, so it does not matter which of them a firmware release prefers.
    private void AddBoot(ref DhcpWriter writer, in Inbound inbound)
    {
        Ipv4Address server = inbound.Subnet.Server;
        writer.Siaddr = server;
        writer.Add(DhcpOption.VendorClass, PxeMenu.VendorClass);
        if (inbound.Packet.TryGetOption(DhcpOption.ClientMachineIdentifier, _scratch, out ReadOnlySpan<byte> identifier) && identifier.Length <= LongestEcho)
        {
            writer.Add(DhcpOption.ClientMachineIdentifier, identifier);
        }

        writer.AddDottedQuad(DhcpOption.TftpServerName, server);
        if (inbound.UefiBootFile is { } file)
        {
            writer.SetBootFile(file);
            writer.AddText(DhcpOption.BootFileName, file);
            writer.Add(DhcpOption.VendorSpecific, PxeMenu.BootFileOnly);
        }
        else
        {
            writer.Add(DhcpOption.VendorSpecific, PxeMenu.RaspberryPiBoot);
        }
    }

    // x86 machines and iPXE, which says so in option 77, have nothing to gain from a file for ARM.
    private static string? UefiBootFileFor(DhcpPacket packet, in BoardIdentity board, ClientStage stage, in BootDecision decision) =>
        stage == ClientStage.Uefi && board.IsPi && decision.Disposition == BootDisposition.Serve
            && packet.TryGetUInt16(DhcpOption.ClientArchitecture, out ushort architecture) && architecture == ArmUefi
            && !packet.HasOption(DhcpOption.UserClass)
            ? decision.UefiBootFile
            : null;
}
