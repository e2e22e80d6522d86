using System.Collections.Concurrent;
using Bramble.Linux.Loops;
using Bramble.Linux.Systemd;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Bramble.Linux.Tests.Systemd;

public class WatchdogTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

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

    [Fact]
    public void The_watchdog_pings_while_loops_turn_and_falls_silent_when_one_stalls()
    {
        using var pings = new BlockingCollection<string>();
        var clock = new StoppedClock();
        var dhcp = new LoopHeartbeat("dhcp", clock);
        var log = new ListLogger();
        using (new Watchdog(() => pings.Add("ping"), new WatchdogSettings(TimeSpan.FromMilliseconds(40)), [dhcp], log))
        {
            Assert.True(pings.TryTake(out _, s_patience));
            Assert.True(pings.TryTake(out _, s_patience));
            clock.Advance(TimeSpan.FromSeconds(3));
            Assert.True(log.Said.Wait(s_patience));
            while (pings.TryTake(out _))
            {
                // Sent before the stall.
            }

            dhcp.Beat();
            Assert.True(pings.TryTake(out _, s_patience));
        }

        Assert.Contains("'dhcp' has not turned for 3.0 s", log.Lines.First());
        Assert.Single(log.Lines, line => line.Contains("has not turned"));
        Assert.Single(log.Lines, line => line.Contains("turns again"));
    }

    private static (string Name, TimeSpan Age)[] Ages(double dhcp, double tftp) => [("dhcp", TimeSpan.FromSeconds(dhcp)), ("tftp", TimeSpan.FromSeconds(tftp))];

    private sealed class StoppedClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _now);

        public void Advance(TimeSpan by) => Interlocked.Add(ref _now, by.Ticks);
    }

    private sealed class ListLogger : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ManualResetEventSlim Said { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Lines.Enqueue(formatter(state, exception));
            Said.Set();
        }
    }
}
