using Bramble.Dhcp.Serving;

namespace Bramble.Dhcp.Tests.Serving;

public sealed class Pi3PacerTests
{
    private readonly TestBench _bench = new();

    [Fact]
    public void One_Pi_3_alone_does_not_wait()
    {
        Assert.Equal(TimeSpan.Zero, _bench.Send(ClientMessage.Pi3RomDiscover())!.Reply.Delay);
        _bench.Now += TimeSpan.FromSeconds(5);
        Assert.Equal(TimeSpan.Zero, _bench.Send(ClientMessage.Pi3RomDiscover())!.Reply.Delay);
    }

    [Fact]
    public void Thirty_Pi_3s_at_once_are_offered_one_after_the_other_each_at_its_own_Ethernet_address()
    {
        List<Reply> replies = [.. Enumerable.Range(0, 30).Select(i => _bench.Send(ClientMessage.Pi3RomDiscover($"b8:27:eb:00:00:{i:x2}"))!.Reply)];
        Assert.Equal(Enumerable.Range(0, 30).Select(i => i * Pi3Pacer.Gap), replies.Select(r => r.Delay));
        Assert.All(replies, r => Assert.Equal((ReplyRoute.LinkLayer, true), (r.Route, r.Nudge)));
        Assert.Equal(30, replies.Select(r => r.Mac).Distinct().Count());
    }

    [Fact]
    public void No_Pi_3_waits_so_long_that_its_ROM_asks_again()
    {
        var pacer = new Pi3Pacer();
        TimeSpan longest = Enumerable.Range(0, 1000).Max(_ => pacer.NextDelay(_bench.Now));
        Assert.Equal(Pi3Pacer.LongestWait, longest);
        Assert.True(longest < TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, pacer.NextDelay(_bench.Now + TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void A_Pi_4_in_between_is_not_held_up()
    {
        _bench.Send(ClientMessage.Pi3RomDiscover("b8:27:eb:00:00:01"));
        Assert.Equal(TimeSpan.Zero, _bench.Send(ClientMessage.Pi4Discover())!.Reply.Delay);
    }
}
