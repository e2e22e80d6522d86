using System.Diagnostics;
using System.Globalization;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests;

/// <summary>What <c>bramble serve</c> tells the service manager, sd_notify(3) and sd_watchdog_enabled(3). The test is the service manager.</summary>
[Trait("kind", "integration")]
[Trait("alone", "yes")]
public sealed class WatchdogTests : IDisposable
{
    private const int SigHup = 1;
    private const int SigTerm = 15;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(4);
    private readonly BootBox _box = new("[dhcp]\nmode = server\n");
    private readonly NotifySocket _notify;

    public WatchdogTests()
    {
        _notify = new NotifySocket(Path.Combine(_box.Folder, "notify"));
        _box.Start(new Dictionary<string, string>
        {
            ["NOTIFY_SOCKET"] = _notify.Path,
            ["WATCHDOG_USEC"] = s_limit.TotalMicroseconds.ToString(CultureInfo.InvariantCulture),
            // As good as unset: whatever runs this test may be watched itself.
            ["WATCHDOG_PID"] = "",
        });
    }

    [Fact]
    public void It_tells_that_it_is_ready_how_it_is_doing_and_that_it_is_alive()
    {
        NotifyMessage ready = _notify.WaitFor("READY=1", Wait.Soon);
        NotifyMessage ping = _notify.WaitFor("WATCHDOG=1", Wait.Soon);
        NotifyMessage next = _notify.WaitFor("WATCHDOG=1", s_limit, after: ping.Timestamp);
        _notify.WaitFor("STATUS=0 up, 0 booting, 0 stuck", Wait.Soon, after: ready.Timestamp);

        Assert.Equal("0 up, 0 booting, 0 stuck", ready.Get("STATUS"));
        Assert.InRange(Stopwatch.GetElapsedTime(ping.Timestamp, next.Timestamp), s_limit / 4, s_limit * 3 / 4);
        Assert.Single(_notify.Messages, m => m.Has("READY=1"));
    }

    [Theory]
    [InlineData("bramble-dhcp", 67)]
    [InlineData("bramble-tftp", 69)]
    public void A_packet_loop_that_stalls_ends_the_pings_until_it_turns_again(string loop, int port)
    {
        _notify.WaitFor("WATCHDOG=1", Wait.Soon, after: _notify.WaitFor("WATCHDOG=1", Wait.Soon).Timestamp);

        using (StalledThread.StallUdpLoop(_box.Server.Id, port))
        {
            long stalled = Stopwatch.GetTimestamp();
            Assert.Equal(1, StalledThread.CountHeld(_box.Server.Id));
            Thread.Sleep(s_limit * 2.5);

            Assert.DoesNotContain(_notify.Messages, m => m.Has("WATCHDOG=1") && Stopwatch.GetElapsedTime(stalled, m.Timestamp) > s_limit);
            // The rest of the process goes on.
            Assert.Contains(_notify.Messages, m => m.Get("STATUS") is not null && Stopwatch.GetElapsedTime(stalled, m.Timestamp) > s_limit * 1.5);
            Assert.Contains($"The loop '{loop}' has not turned for ", _box.Server.Output, StringComparison.Ordinal);
            Assert.False(_box.Server.HasExited);
        }

        long released = Stopwatch.GetTimestamp();
        _notify.WaitFor("WATCHDOG=1", s_limit, released);
        _notify.WaitFor("WATCHDOG=1", s_limit, _notify.WaitFor("WATCHDOG=1", s_limit, released).Timestamp);
        _box.Server.WaitForOutput($"The loop '{loop}' turns again", Wait.Soon);
    }

    [Fact]
    public void SIGHUP_is_told_as_a_reload_with_its_moment_and_then_as_ready()
    {
        _notify.WaitFor("READY=1", Wait.Soon);
        long before = Stopwatch.GetTimestamp();

        _box.Server.Signal(SigHup);

        NotifyMessage reloading = _notify.WaitFor("RELOADING=1", Wait.Soon, before);
        NotifyMessage ready = _notify.WaitFor("READY=1", Wait.Soon, before);
        Assert.True(reloading.Timestamp < ready.Timestamp);
        // CLOCK_MONOTONIC is the same for all processes, and what Stopwatch counts.
        long microseconds = long.Parse(reloading.Get("MONOTONIC_USEC")!, CultureInfo.InvariantCulture);
        Assert.InRange(microseconds, Microseconds(before), Microseconds(reloading.Timestamp));
    }

    [Fact]
    public void SIGTERM_is_told_before_it_ends()
    {
        _notify.WaitFor("READY=1", Wait.Soon);

        _box.Server.Signal(SigTerm);

        _notify.WaitFor("STOPPING=1", Wait.Soon);
        Assert.Equal(0, _box.Server.WaitForExit(Wait.Soon));
    }

    public void Dispose()
    {
        _box.Dispose();
        _notify.Dispose();
    }

    private static long Microseconds(long timestamp) => (long)(timestamp / (Stopwatch.Frequency / 1e6));
}
