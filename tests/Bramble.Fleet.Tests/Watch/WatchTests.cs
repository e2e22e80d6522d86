using Bramble.Fleet.Faults;
using Bramble.Fleet.Watch;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Tests.Watch;

public class WatchTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly MacAddress s_pi = new(0xE45F010902F7);
    private static readonly MacAddress s_other = new(0x525400000099);
    private static readonly Ipv4Address s_address = Ipv4Address.Parse("10.77.0.50");
    private static readonly Ipv4Address s_target = Ipv4Address.Parse("192.168.2.214");

    [Fact]
    public void Questions_are_counted_by_target_since_a_moment()
    {
        var arp = new ArpWatch();
        arp.Note(s_pi, s_address, s_target, isRequest: true, s_start);
        for (int i = 1; i < 4; i++)
        {
            arp.Note(s_pi, s_address, s_target, isRequest: true, s_start.AddSeconds(i));
        }

        arp.Note(s_pi, s_address, Ipv4Address.Parse("10.77.0.1"), isRequest: true, s_start.AddSeconds(5));
        Assert.Equal([new ArpQuestion(s_target, 3), new ArpQuestion(Ipv4Address.Parse("10.77.0.1"), 1)], arp.Questions(s_pi, s_start.AddSeconds(1)));
        Assert.Empty(arp.Questions(s_other, s_start));
    }

    [Fact]
    public void Answers_and_announcements_are_no_questions()
    {
        var arp = new ArpWatch();
        arp.Note(s_pi, s_address, s_target, isRequest: false, s_start);
        arp.Note(s_pi, s_address, s_address, isRequest: true, s_start);
        Assert.Empty(arp.Questions(s_pi, s_start));
    }

    [Fact]
    public void Two_that_claim_one_address_in_turns_are_rivals()
    {
        var arp = new ArpWatch();
        Claim(arp, s_pi, 0);
        Claim(arp, s_other, 10);
        Assert.Null(arp.Rival(s_pi, s_address, s_start.AddSeconds(10)));
        Claim(arp, s_pi, 20);
        Assert.Equal(s_other, arp.Rival(s_pi, s_address, s_start.AddSeconds(20)));
        Assert.Null(arp.Rival(s_pi, s_address, s_start.AddSeconds(300)));
    }

    [Fact]
    public void An_address_that_moved_has_no_rivals()
    {
        var arp = new ArpWatch();
        Claim(arp, s_other, 0);
        Claim(arp, s_other, 5);
        Claim(arp, s_pi, 10);
        Claim(arp, s_pi, 20);
        Claim(arp, s_pi, 30);
        Assert.Null(arp.Rival(s_pi, s_address, s_start.AddSeconds(30)));
    }

    [Fact]
    public void A_flood_of_forged_packets_does_not_grow_it()
    {
        var arp = new ArpWatch();
        for (uint i = 0; i < 100_000; i++)
        {
            arp.Note(new MacAddress(i), new Ipv4Address(i + 1), s_target, isRequest: true, s_start);
        }

        Claim(arp, s_pi, 1);
        Claim(arp, s_other, 2);
        Claim(arp, s_pi, 3);
        Assert.Equal(s_other, arp.Rival(s_pi, s_address, s_start.AddSeconds(3)));
    }

    [Fact]
    public void Copies_are_twins_for_ten_minutes_and_other_identities_are_not()
    {
        var identities = new IdentityWatch();
        identities.Note(s_pi, 7, s_start);
        identities.Note(s_other, 8, s_start);
        Assert.Null(identities.Twin(s_pi, s_start));
        identities.Note(s_other, 7, s_start.AddMinutes(1));
        Assert.Equal(s_other, identities.Twin(s_pi, s_start.AddMinutes(1)));
        Assert.Equal(s_pi, identities.Twin(s_other, s_start.AddMinutes(1)));
        Assert.Null(identities.Twin(s_pi, s_start.AddMinutes(12)));
        identities.Forget(s_other);
        Assert.Null(identities.Twin(s_pi, s_start.AddMinutes(1)));
    }

    [Fact]
    public void A_link_that_is_away_for_ten_seconds_is_a_fault_until_it_is_back()
    {
        var links = new LinkWatch();
        links.Note("eth0", hasLink: true, s_start);
        links.Note("eth0", hasLink: false, s_start.AddSeconds(5));
        links.Note("eth0", hasLink: false, s_start.AddSeconds(10));
        Assert.Empty(links.Judge(s_start.AddSeconds(14)));
        Assert.Contains("eth0 has had no link since 03:04:10 UTC", Assert.Single(links.Judge(s_start.AddSeconds(15))).Seen, StringComparison.Ordinal);
        links.Note("eth0", hasLink: true, s_start.AddSeconds(16));
        Assert.Empty(links.Judge(s_start.AddSeconds(30)));
    }

    [Fact]
    public void A_clock_before_what_was_written_is_wrong_and_an_hour_is_not_counted()
    {
        Assert.Null(ServerClock.Judge(s_start, default));
        Assert.Null(ServerClock.Judge(s_start, s_start.AddMinutes(50)));
        Fault? fault = ServerClock.Judge(s_start, s_start.AddDays(300));
        Assert.Equal(FaultCode.ServerClock, fault?.Code);
        Assert.Contains("2026-01-02 03:04", fault!.Seen, StringComparison.Ordinal);
    }

    private static void Claim(ArpWatch arp, MacAddress mac, double seconds) => arp.Note(mac, s_address, s_target, isRequest: true, s_start.AddSeconds(seconds));
}
