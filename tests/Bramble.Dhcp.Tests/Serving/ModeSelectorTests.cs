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
        selector.OtherServerSeen(s_start);
        Assert.Equal(DhcpMode.Proxy, selector.Current);
        Assert.Equal(DateTimeOffset.MaxValue, selector.NextStep);
    }

    [Fact]
    public void Fixed_server_looks_for_a_second_one_and_stays_a_server()
    {
        ModeSelector selector = Make(DhcpMode.Server);
        (int probes, DateTimeOffset now) = RunUntil(selector, s_start, s => s.NextStep - s_start > TimeSpan.FromMinutes(4));
        Assert.Equal(2, probes);
        selector.OtherServerSeen(now);
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
    public void Another_server_makes_a_proxy_at_once_also_later()
    {
        ModeSelector selector = Make(DhcpMode.Auto);
        selector.Step(s_start);
        selector.OtherServerSeen(s_start);
        Assert.Equal(DhcpMode.Proxy, selector.Current);

        selector = Make(DhcpMode.Auto);
        (_, DateTimeOffset now) = RunUntil(selector, s_start, s => s.Current == DhcpMode.Server);
        selector.OtherServerSeen(now);
        Assert.Equal(DhcpMode.Proxy, selector.Current);
    }

    [Fact]
    public void Proxy_becomes_a_server_only_after_several_unanswered_looks()
    {
        ModeSelector selector = Make(DhcpMode.Auto);
        selector.OtherServerSeen(s_start);
        (int probes, _) = RunUntil(selector, s_start, s => s.Current == DhcpMode.Server);
        Assert.Equal(6, probes);
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
