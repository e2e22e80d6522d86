using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Bramble.Linux.Loops;
using Bramble.Linux.Systemd;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bramble.Linux.Tests.Systemd;

public sealed class SystemdNotifierTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"bramble-notify-{Guid.NewGuid():N}");

    public void Dispose()
    {
        _manager.Dispose();
        File.Delete(_path);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_life_of_a_service_is_told_message_by_message(bool isAbstract)
    {
        using SystemdNotifier notifier = Listen(isAbstract);
        Assert.True(notifier.IsActive);
        notifier.Ready("serving\n2 clients ✓");
        Assert.Equal("READY=1\nSTATUS=serving 2 clients ✓", Receive());
        notifier.Status("3 up");
        Assert.Equal("STATUS=3 up", Receive());
        long before = Stopwatch.GetTimestamp() / 1000;
        notifier.Reloading();
        string[] reloading = Receive().Split('\n');
        Assert.Equal("RELOADING=1", reloading[0]);
        Assert.StartsWith("MONOTONIC_USEC=", reloading[1]);
        long moment = long.Parse(reloading[1]["MONOTONIC_USEC=".Length..], CultureInfo.InvariantCulture);
        Assert.InRange(moment, before, (Stopwatch.GetTimestamp() / 1000) + 1);
        notifier.Ready();
        Assert.Equal("READY=1", Receive());
        notifier.Ping();
        Assert.Equal("WATCHDOG=1", Receive());
        notifier.Stopping();
        Assert.Equal("STOPPING=1", Receive());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("relative/path")]
    [InlineData("vsock:2:1234")]
    public void Without_a_usable_socket_nothing_happens(string? address)
    {
        using var notifier = new SystemdNotifier(address);
        Assert.False(notifier.IsActive);
        notifier.Ready();
    }

    [Fact]
    public void An_address_that_is_too_long_and_a_manager_that_is_gone_do_no_harm()
    {
        using var tooLong = new SystemdNotifier("/" + new string('x', 300));
        tooLong.Ready();
        using var gone = new SystemdNotifier("/nowhere/notify");
        gone.Ready();
        gone.Dispose();
        gone.Ready();
        Assert.False(tooLong.IsActive);
    }

    [Fact]
    public void The_watchdog_pings_while_loops_turn_and_falls_silent_when_one_stalls()
    {
        using SystemdNotifier notifier = Listen(isAbstract: true);
        var clock = new FakeTimeProvider();
        var dhcp = new LoopHeartbeat("dhcp", clock);
        var log = new ListLogger();
        using (new Watchdog(notifier, new WatchdogSettings(TimeSpan.FromMilliseconds(40)), [dhcp], log))
        {
            Assert.Equal("WATCHDOG=1", Receive());
            Assert.Equal("WATCHDOG=1", Receive());
            clock.Advance(TimeSpan.FromSeconds(3));
            Assert.True(log.Said.Wait(s_patience));
            while (_manager.Available > 0)
            {
                Receive();
            }
            dhcp.Beat();
            Assert.Equal("WATCHDOG=1", Receive());
        }
        Assert.Contains("'dhcp' has not turned for 3.0 s", log.Lines.First());
        Assert.Single(log.Lines, line => line.Contains("has not turned"));
        Assert.Single(log.Lines, line => line.Contains("turns again"));
    }

    private SystemdNotifier Listen(bool isAbstract)
    {
        _manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + _path : _path));
        return new SystemdNotifier(isAbstract ? '@' + _path : _path);
    }

    private string Receive()
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _manager.Receive(buffer));
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
