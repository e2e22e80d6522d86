using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests;

internal sealed class TestPolicy : IBootPolicy, IDhcpEvents
{
    public BootDecision Pis { get; set; } = new(BootDisposition.Serve, "pi");

    public BootDecision Others { get; set; } = new(BootDisposition.Ignore);

    public Dictionary<MacAddress, Ipv4Address> Reservations { get; } = [];

    public List<DhcpEvent> Events { get; } = [];

    public bool KeepEvents { get; set; } = true;

    public BootDecision Decide(in BoardIdentity board, ClientStage stage, Ipv4Address server = default)
    {
        BootDecision decision = board.IsPi ? Pis : Others;
        return Reservations.TryGetValue(board.Mac, out Ipv4Address address) ? decision with { ReservedAddress = address } : decision;
    }

    public bool IsReservedForOther(Ipv4Address address, MacAddress mac)
    {
        foreach ((MacAddress owner, Ipv4Address reserved) in Reservations)
        {
            if (reserved == address && owner != mac)
            {
                return true;
            }
        }

        return false;
    }

    public void OnDhcp(in DhcpEvent e)
    {
        if (KeepEvents)
        {
            Events.Add(e);
        }
    }
}
