using System.Globalization;

namespace Bramble.Linux.Systemd;

/// <summary>What the service manager asks of the watchdog (sd_watchdog_enabled(3)).</summary>
/// <param name="Limit">Without a ping for so long, the service is killed and started anew; <c>WatchdogSec=</c> of the unit.</param>
public sealed record WatchdogSettings(TimeSpan Limit)
{
    /// <summary>How often to ping: at half the limit.</summary>
    public TimeSpan PingInterval => Limit / 2;

    /// <summary>Oldest that a heartbeat may be: a quarter of the limit, and at least 2 s, because an idle loop turns once a second.</summary>
    public TimeSpan OldestHeartbeat => TimeSpan.FromTicks(Math.Max(Limit.Ticks / 4, TimeSpan.TicksPerSecond * 2));

    /// <summary>What this process was started with; null if nobody watches it.</summary>
    public static WatchdogSettings? FromEnvironment() => Parse(
        Environment.GetEnvironmentVariable("WATCHDOG_USEC"),
        Environment.GetEnvironmentVariable("WATCHDOG_PID"),
        Environment.ProcessId);

    /// <summary>From the two environment variables.</summary>
    /// <param name="microseconds">Value of <c>WATCHDOG_USEC</c>.</param>
    /// <param name="processId">Value of <c>WATCHDOG_PID</c>: the process that is meant; unset means every one.</param>
    /// <param name="self">This process.</param>
    /// <returns>Null if this process is not watched.</returns>
    public static WatchdogSettings? Parse(string? microseconds, string? processId, int self)
    {
        if (!long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) || limit <= 0 || limit > TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond)
        {
            return null;
        }
        if (!string.IsNullOrEmpty(processId) && processId != self.ToString(CultureInfo.InvariantCulture))
        {
            return null;
        }
        return new WatchdogSettings(TimeSpan.FromMicroseconds(limit));
    }
}
