using Bramble.Doctor;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Storage.Contract;
using Xunit;

namespace Bramble.Tests.Doctor;

public sealed class BoxJudgeTests
{
    private static readonly (int Port, bool Tcp, string For, string Fix)[] s_ports = [(67, false, "DHCP", "start it"), (69, false, "TFTP", "start it"), (2049, true, "NFS", "start NFS")];

    [Fact]
    public void A_good_link_with_a_fixed_address_is_well() =>
        Assert.All(Links(Interface()), static f => Assert.Equal(("ok", null), (f.Result, f.Fix)));

    [Theory]
    [InlineData(false, true, 1000, false, "is switched off")]
    [InlineData(true, false, 1000, false, "has no link")]
    [InlineData(true, true, 100, false, "has a link of 100 Mb/s only: 12 MB/s")]
    [InlineData(true, true, 1000, true, "from another DHCP server")]
    public void What_is_wrong_with_a_link_is_told_with_what_to_do(bool up, bool carrier, int speed, bool lent, string words)
    {
        DoctorFinding wrong = Assert.Single(Links(Interface() with { IsUp = up, HasCarrier = carrier }, speed, lent), static f => f.Result == "wrong");
        Assert.Contains(words, wrong.Seen, StringComparison.Ordinal);
        Assert.NotNull(wrong.Fix);
    }

    [Fact]
    public void An_interface_that_is_not_there_or_has_no_address_is_told()
    {
        Assert.Contains("There is no interface eth9", Assert.Single(BoxJudge.Links(["eth9"], [Interface()], Speeds(1000), new HashSet<string>(), gives: true)).Seen, StringComparison.Ordinal);
        Assert.Contains(Links(Interface() with { Addresses = [] }), static f => f is { Check: "addresses", Result: "wrong" });
        Assert.Contains(Links(Interface() with { Kind = InterfaceKind.Wireless }), static f => f is { Check: "link", Result: "wrong" });
    }

    [Fact]
    public void Ports_that_nobody_listens_at_are_told()
    {
        const string udp = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
             101: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 0
             103: 0100000A:0045 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 0
            """;
        const string tcp = "   0: 00000000:0801 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1\n";
        Assert.Equal("ok", Assert.Single(BoxJudge.Ports(s_ports, udp, tcp)).Result);
        // A connection from that port is no listener.
        DoctorFinding nfs = Assert.Single(BoxJudge.Ports(s_ports, udp, tcp.Replace(" 0A ", " 01 ", StringComparison.Ordinal)));
        Assert.Equal(("wrong", "Nobody listens at TCP port 2049 (NFS).", "start NFS"), (nfs.Result, nfs.Seen, nfs.Fix));
        Assert.Equal(3, BoxJudge.Ports(s_ports, "nonsense\n:\n1: 2:zz 3 4", "").Count());
    }

    [Theory]
    [InlineData("", "ok", "")]
    [InlineData("type filter hook input priority filter; policy accept;", "ok", "")]
    [InlineData("type filter hook input priority filter; policy drop;\nudp dport { 67, 68, 69 } accept\ntcp dport 2000-2100 accept", "ok", "")]
    [InlineData("type filter hook input priority filter; policy drop;\nudp dport { 67, 68 } accept\ntcp dport 2049 accept", "wrong", "UDP 69 (TFTP)")]
    [InlineData("type filter hook input priority filter; policy accept;\nudp dport 69 accept\nreject with icmpx admin-prohibited", "wrong", "UDP 67 (DHCP), TCP 2049 (NFS)")]
    public void A_firewall_that_drops_must_know_the_ports(string rules, string result, string words)
    {
        DoctorFinding found = BoxJudge.Firewall(rules, s_ports);
        Assert.Equal(result, found.Result);
        Assert.Contains(words, found.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_seen_is_not_called_well()
    {
        Assert.Equal("unknown", BoxJudge.Firewall(null, s_ports).Result);
        Assert.Equal("unknown", BoxJudge.Clock(null, DateTimeOffset.UnixEpoch).Result);
    }

    [Theory]
    [InlineData(500, 1000, "ok")]
    [InlineData(3, 100, "wrong")]
    [InlineData(1, 30, "wrong")]
    [InlineData(1, 1.5, "ok")]
    public void Little_space_is_told(double free, double size, string result) => Assert.Equal(result, BoxJudge.Space("/srv/bramble", (long)(free * 1e9), (long)(size * 1e9)).Result);

    [Fact]
    public void Clock_storage_and_version_are_told()
    {
        Assert.Equal("wrong", BoxJudge.Clock(false, DateTimeOffset.UnixEpoch).Result);
        Assert.Equal("wrong", BoxJudge.Version("Bramble 1", isOld: true).Result);
        Assert.Equal("ok", Assert.Single(BoxJudge.Storage([])).Result);
        Assert.Contains("--mend", Assert.Single(BoxJudge.Storage([new StorageFinding { Code = "export", Subject = "kiosk", Seen = "is not exported", Remedy = "it is exported", IsMendable = true }])).Fix!, StringComparison.Ordinal);
    }

    private static InterfaceInfo Interface() => new("eth0", 2, default, InterfaceKind.Wired, IsUp: true, HasCarrier: true, [(Ipv4Address.Parse("10.0.0.1"), 24)]);

    private static Dictionary<string, int> Speeds(int speed) => new(StringComparer.Ordinal) { ["eth0"] = speed };

    private static List<DoctorFinding> Links(InterfaceInfo found, int speed = 1000, bool lent = false) =>
        [.. BoxJudge.Links(["eth0"], [found], Speeds(speed), lent ? new HashSet<string>(StringComparer.Ordinal) { "eth0" } : [], gives: true)];
}
