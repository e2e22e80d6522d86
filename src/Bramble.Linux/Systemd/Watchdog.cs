using Bramble.Linux.Loops;
using Microsoft.Extensions.Logging;

namespace Bramble.Linux.Systemd;

/// <summary>
/// Feeds systemd's watchdog from a thread of its own, only while every loop's heartbeat is fresh. When one stalls, says so once and stays
/// silent, so that systemd restarts the service.
/// </summary>
public sealed partial class Watchdog : IDisposable
{
    private readonly Action _ping;
    private readonly WatchdogSettings _settings;
    private readonly WatchdogJudge _judge;
    private readonly ILogger _log;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread? _thread;
    private volatile LoopHeartbeat[] _loops;

    /// <summary>Starts to feed.</summary>
    /// <param name="ping">Sends WATCHDOG=1 to the service manager.</param>
    /// <param name="settings">
    /// What the manager asks for, usually <see cref="WatchdogSettings.FromEnvironment"/>; null if it does not watch: nothing is done then.
    /// </param>
    /// <param name="loops">The loops that must turn.</param>
    /// <param name="log">Where a stall is told.</param>
    public Watchdog(Action ping, WatchdogSettings? settings, IReadOnlyList<LoopHeartbeat> loops, ILogger log)
    {
        _ping = ping;
        _settings = settings ?? new WatchdogSettings(Timeout.InfiniteTimeSpan);
        _judge = new WatchdogJudge(_settings.OldestHeartbeat);
        _log = log;
        _loops = [.. loops];
        if (settings is not null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "watchdog" };
            _thread.Start();
        }
    }

    /// <summary>Watches other loops from now on: a reload may have started and ended some.</summary>
    public void Watch(IReadOnlyList<LoopHeartbeat> loops) => _loops = [.. loops];

    /// <summary>Stops feeding.</summary>
    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        do
        {
            WatchdogVerdict verdict = _judge.Judge(_loops.Select(static loop => (loop.Name, loop.Age)));
            if (verdict.Ping)
            {
                _ping();
            }
            if (verdict.NewlyStalled is { } stalled)
            {
                LogStalled(stalled, verdict.StalledFor.TotalSeconds, _settings.Limit.TotalSeconds);
            }
            if (verdict.Recovered is { } recovered)
            {
                LogRecovered(recovered);
            }
        }
        while (!_stop.Wait(_settings.PingInterval));
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Critical, Message = "The loop '{Loop}' has not turned for {Seconds:0.0} s. The watchdog is fed no more: systemd restarts the service within {Limit:0} s")]
    private partial void LogStalled(string loop, double seconds, double limit);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Warning, Message = "The loop '{Loop}' turns again")]
    private partial void LogRecovered(string loop);
}
