using Bramble.Linux.Systemd;
using Xunit;

namespace Bramble.Linux.Tests.Systemd;

public class WatchdogTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(5);

    [Fact]
    public void Fresh_loops_are_pinged_for_and_stalled_ones_are_told_once()
    {
        var judge = new WatchdogJudge(s_bound);
        Assert.Equal(new WatchdogVerdict(true, null, TimeSpan.Zero, null), judge.Judge(Ages(0, 4.9)));
        Assert.Equal(new WatchdogVerdict(true, null, TimeSpan.Zero, null), judge.Judge(Ages(5, 1)));
        Assert.Equal(new WatchdogVerdict(false, "tftp", TimeSpan.FromSeconds(6), null), judge.Judge(Ages(1, 6)));
        Assert.Equal(new WatchdogVerdict(false, null, TimeSpan.FromSeconds(16), null), judge.Judge(Ages(1, 16)));
        Assert.Equal(new WatchdogVerdict(false, null, TimeSpan.FromSeconds(26), null), judge.Judge(Ages(7, 26)));
    }

    [Fact]
    public void A_loop_that_turns_again_is_pinged_for_again_and_its_next_stall_is_told()
    {
        var judge = new WatchdogJudge(s_bound);
        judge.Judge(Ages(9, 0));
        Assert.Equal(new WatchdogVerdict(true, null, TimeSpan.Zero, "dhcp"), judge.Judge(Ages(0, 0)));
        Assert.Equal(new WatchdogVerdict(true, null, TimeSpan.Zero, null), judge.Judge(Ages(0, 0)));
        Assert.Equal("dhcp", judge.Judge(Ages(9, 0)).NewlyStalled);
    }

    [Fact]
    public void The_worst_loop_is_named()
    {
        Assert.Equal("tftp", new WatchdogJudge(s_bound).Judge(Ages(7, 8)).NewlyStalled);
    }

    [Fact]
    public void A_service_without_loops_is_alive()
    {
        Assert.True(new WatchdogJudge(s_bound).Judge([]).Ping);
    }

    [Theory]
    [InlineData("20000000", null, 20)]
    [InlineData("20000000", "", 20)]
    [InlineData("20000000", "42", 20)]
    [InlineData("1", "42", 0.000001)]
    public void The_environment_is_understood(string microseconds, string? processId, double seconds)
    {
        var settings = WatchdogSettings.Parse(microseconds, processId, self: 42);
        Assert.Equal(TimeSpan.FromSeconds(seconds), settings!.Limit);
        Assert.Equal(settings.Limit / 2, settings.PingInterval);
        Assert.True(settings.OldestHeartbeat >= TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("0", null)]
    [InlineData("-5", null)]
    [InlineData("many", null)]
    [InlineData("99999999999999999999999", null)]
    [InlineData("9223372036854775807", null)]
    [InlineData("20000000", "41")]
    public void Without_a_watchdog_for_this_process_there_is_none(string? microseconds, string? processId)
    {
        Assert.Null(WatchdogSettings.Parse(microseconds, processId, self: 42));
    }

    private static (string Name, TimeSpan Age)[] Ages(double dhcp, double tftp) => [("dhcp", TimeSpan.FromSeconds(dhcp)), ("tftp", TimeSpan.FromSeconds(tftp))];
}
