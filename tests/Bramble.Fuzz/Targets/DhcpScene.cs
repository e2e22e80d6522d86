using Bramble.Dhcp;
using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Linux.Net;

namespace Bramble.Fuzz.Targets;

/// <summary>A responder on 10.42.0.0/24 and 10.43.0.0/24 with pools of eight, and a subnet behind a relay; boards that may boot, must wait, or may not.</summary>
internal sealed class DhcpScene : IBootPolicy, IDhcpEvents
{
    private static readonly Ipv4Address s_reserved = Ipv4Address.Parse("10.42.0.20");

    public DhcpScene(bool isProxy, LeaseBook? book = null)
    {
        IsProxy = isProxy;
        Options = new DhcpOptions
        {
            Mode = isProxy ? DhcpMode.Proxy : DhcpMode.Server,
            JournalPath = "/nonexistent",
            DomainName = "lan",
            NtpServers = [Ipv4Address.Parse("10.42.0.1")],
            LeaseTime = TimeSpan.FromHours(1),
            Interfaces = [Subnet("eth0", "10.42.0"), Subnet("eth1", "10.43.0")],
            RelayedSubnets = [Subnet("", "10.44.0")],
        };
        Book = book ?? new LeaseBook(new NullLeaseLog(), this);
        Responder = new DhcpResponder(Options, Book, this, this, Counters);
    }

    public bool IsProxy { get; }

    public DhcpOptions Options { get; }

    public LeaseBook Book { get; }

    public DhcpCounters Counters { get; } = new();

    public DhcpResponder Responder { get; }

    public List<DhcpEvent> Events { get; } = [];

    public ToldLeases Leases { get; } = new();

    public DateTimeOffset Now { get; set; } = new(2026, 9, 1, 12, 0, 0, TimeSpan.Zero);

    public BootDecision Decide(in BoardIdentity board, ClientStage stage, Ipv4Address server = default)
    {
        byte last = (byte)board.Mac.Value;
        var disposition = (last & 0x30) switch { 0x10 => BootDisposition.Wait, 0x20 => BootDisposition.Ignore, _ => BootDisposition.Serve };
        return last == 5
            ? new BootDecision(disposition, "reserved", s_reserved)
            : new BootDecision(board.IsPi ? disposition : BootDisposition.Ignore, last == 4 ? new string('n', 63) : null);
    }

    public bool IsReservedForOther(Ipv4Address address, MacAddress mac) => address == s_reserved && (byte)mac.Value != 5;

    public void OnDhcp(in DhcpEvent e) => Events.Add(e);

    public bool IsServer(uint address) => Options.Interfaces.Concat(Options.RelayedSubnets).Any(i => i.Address.Value == address);

    public bool MayGive(Ipv4Address address) =>
        address == s_reserved || Options.Interfaces.Concat(Options.RelayedSubnets).Any(i => address.Value >= i.PoolFirst.Value && address.Value <= i.PoolLast.Value);

    private static DhcpInterfaceOptions Subnet(string name, string prefix) => new()
    {
        Name = name,
        Address = Ipv4Address.Parse(prefix + ".1"),
        Subnet = Ipv4Subnet.Of(Ipv4Address.Parse(prefix + ".0"), 24),
        PoolFirst = Ipv4Address.Parse(prefix + ".4"),
        PoolLast = Ipv4Address.Parse(prefix + ".11"),
        Gateway = Ipv4Address.Parse(prefix + ".254"),
        DnsServers = [Ipv4Address.Parse(prefix + ".1"), Ipv4Address.Parse("9.9.9.9")],
    };
}
