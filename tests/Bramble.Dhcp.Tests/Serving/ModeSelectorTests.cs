using Bramble.Dhcp.Serving;

namespace Bramble.Dhcp.Tests.Serving;

public sealed class ModeSelectorTests
{
    private static readonly DateTimeOffset s_start = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Fixed_proxy_never_looks()
    {
        ModeSelector selector = Make(DhcpMode.Proxy);
        Assert.False(selector.Step(s_start));
        selector.OtherServerSeen(s_start, answersProbe: true);
        Assert.Equal(DhcpMode.Proxy, selector.Current);
        Assert.Equal(DateTimeOffset.MaxValue, selector.NextStep);
    }

    [Fact]
    public void Fixed_server_looks_for_a_second_one_and_stays_a_server()
    {
        ModeSelector selector = Make(DhcpMode.Server);
        (int probes, DateTimeOffset now) = RunUntil(selector, s_start, s => s.NextStep - s_start > TimeSpan.FromMinutes(4));
        Assert.Equal(2, probes);
        selector.OtherServerSeen(now, answersProbe: true);
        Assert.Equal(DhcpMode.Server, selector.Current);
    }

    [Fact]
    public void Silence_makes_a_server_after_two_probes()
    {
        ModeSelector selector = Make(DhcpMode.Auto);
        (int probes, DateTimeOffset now) = RunUntil(selector, s_start, s => s.Current != DhcpMode.Auto);
        Assert.Equal(DhcpMode.Server, selector.Current);
        Assert.Equal(2, probes);
        Assert.InRange(now - s_start, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Another_server_makes_a_proxy_at_once_while_the_mode_is_not_known()
    {
        ModeSelector selector = Make(DhcpMode.Auto);
        selector.Step(s_start);
        selector.OtherServerSeen(s_start, answersProbe: true);
        Assert.Equal(DhcpMode.Proxy, selector.Current);
    }

    [Fact]
    public void One_forged_offer_does_not_stop_a_running_server()
    {
        (ModeSelector selector, DateTimeOffset now) = MakeServer();
        selector.OtherServerSeen(now, answersProbe: false);
        Assert.Equal(DhcpMode.Server, selector.Current);
        (int probes, _) = RunUntil(selector, now, s => s.NextStep - now > TimeSpan.FromMinutes(4));
        Assert.InRange(probes, 2, 16);
        Assert.Equal(DhcpMode.Server, selector.Current);
    }

    [Fact]
    public void Burst_of_forged_offers_counts_as_one_sighting()
    {
        (ModeSelector selector, DateTimeOffset now) = MakeServer();
        for (int i = 0; i < 100; i++)
        {
            selector.OtherServerSeen(now + TimeSpan.FromMilliseconds(i), answersProbe: false);
        }

        Assert.Equal(DhcpMode.Server, selector.Current);
    }

    [Fact]
    public void Running_server_looks_at_once_and_yields_to_a_server_that_answers()
    {
        (ModeSelector selector, DateTimeOffset now) = MakeServer();
        DateTimeOffset began = now;
        selector.OtherServerSeen(now, answersProbe: false);
        while (selector.Current == DhcpMode.Server && now - began < TimeSpan.FromMinutes(1))
        {
            now = selector.NextStep > now ? selector.NextStep : now;
            if (selector.Step(now))
            {
                selector.OtherServerSeen(now, answersProbe: true);
            }
        }

        Assert.Equal(DhcpMode.Proxy, selector.Current);
        Assert.InRange(now - began, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Forged_offer_at_the_start_stops_addresses_for_less_than_a_minute()
    {
        ModeSelector selector = Make(DhcpMode.Auto);
        selector.Step(s_start);
        selector.OtherServerSeen(s_start, answersProbe: true);
        (_, DateTimeOffset now) = RunUntil(selector, s_start, s => s.Current == DhcpMode.Server);
        Assert.Equal(DhcpMode.Server, selector.Current);
        Assert.InRange(now - s_start, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Overheard_offers_do_not_postpone_the_looks_of_a_proxy()
    {
        ModeSelector selector = Make(DhcpMode.Auto);
        selector.OtherServerSeen(s_start, answersProbe: true);
        DateTimeOffset due = selector.NextStep;
        selector.OtherServerSeen(s_start + TimeSpan.FromSeconds(5), answersProbe: false);
        Assert.Equal(due, selector.NextStep);
    }

    [Fact]
    public void Proxy_looks_rarely_once_three_looks_in_a_row_were_answered()
    {
        ModeSelector selector = Make(DhcpMode.Auto);
        DateTimeOffset now = s_start;
        var waits = new List<TimeSpan>();
        for (int look = 0; look < 4; look++)
        {
            now = selector.NextStep > now ? selector.NextStep : now;
            Assert.True(selector.Step(now));
            selector.OtherServerSeen(now, answersProbe: true);
            waits.Add(selector.NextStep - now);
        }

        Assert.Equal([10, 10, 300, 300], waits.Select(w => (int)w.TotalSeconds));
        Assert.Equal(DhcpMode.Proxy, selector.Current);
    }

    [Fact]
    public void Proxy_becomes_a_server_only_after_several_unanswered_looks()
    {
        ModeSelector selector = Make(DhcpMode.Auto);
        selector.OtherServerSeen(s_start, answersProbe: true);
        (int probes, _) = RunUntil(selector, s_start, s => s.Current == DhcpMode.Server);
        Assert.Equal(6, probes);
    }

    private static (ModeSelector Selector, DateTimeOffset Now) MakeServer()
    {
        ModeSelector selector = Make(DhcpMode.Auto);
        (_, DateTimeOffset now) = RunUntil(selector, s_start, s => s.NextStep - s_start > TimeSpan.FromMinutes(4));
        Assert.Equal(DhcpMode.Server, selector.Current);
        return (selector, now);
    }

    private static ModeSelector Make(DhcpMode mode) => new(new TestBench(o => o with { Mode = mode }).Options, s_start, 0.5);

    private static (int Probes, DateTimeOffset Now) RunUntil(ModeSelector selector, DateTimeOffset now, Func<ModeSelector, bool> end)
    {
        int probes = 0;
        for (int step = 0; step < 100 && !end(selector); step++)
        {
            now = selector.NextStep;
            probes += selector.Step(now) ? 1 : 0;
        }

        return (probes, now);
    }
}
