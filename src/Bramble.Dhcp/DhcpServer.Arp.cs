using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Serving;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;

namespace Bramble.Dhcp;

/// <content>Asking, and hearing, who uses which address.</content>
public sealed partial class DhcpServer
{
    private AddressProbes? _probes;

    private void ObserveArp(int index, DateTimeOffset now)
    {
        PacketSocket arp = _ports[index].Arp!;
        for (int i = 0; i < FramesPerTurn; i++)
        {
            int length = arp.Receive(_frame);
            if (length == 0)
            {
                return;
            }

            if (PacketFrame.TryReadArp(_frame.AsSpan(0, length), out MacAddress mac, out Ipv4Address address, out _, out _))
            {
                NoteUse(index, address, mac, now);
            }
        }
    }

    // Somebody on the wire says, in a request or a reply, that it has the address.
    private void NoteUse(int index, Ipv4Address address, MacAddress mac, DateTimeOffset now)
    {
        if (_responder!.OnAddressClaimed(index, address, mac, now))
        {
            _logger.AddressInUse(address, mac, LeaseBook.QuarantineTime.TotalMinutes);
        }
    }

    private void ProbeAddresses(DateTimeOffset now)
    {
        if (_mode == DhcpMode.Server)
        {
            _responder!.StockAddresses(now);
        }

        while (_probes!.TryNext(now, out int index, out Ipv4Address address))
        {
            if (index < _ports.Count)
            {
                _ports[index].Packets?.TrySendArpProbe(address);
            }
        }
    }
}
