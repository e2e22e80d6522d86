namespace Bramble.Linux.Systemd;

/// <summary>What one look at the loops came to.</summary>
/// <param name="Ping">Tell the service manager that the service is alive.</param>
/// <param name="NewlyStalled">Loop that was found to stall just now; null otherwise, also while it goes on stalling.</param>
/// <param name="StalledFor">Time since the last turn of the worst loop, if one stalls.</param>
/// <param name="Recovered">Loop that stalled until now and does no longer.</param>
internal readonly record struct WatchdogVerdict(bool Ping, string? NewlyStalled, TimeSpan StalledFor, string? Recovered);
