using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting.Systemd;

namespace Bramble.Hosting;

/// <summary>
/// What Bramble adds to <see cref="ISystemdNotifier"/>: a status line with READY, the time stamp of RELOADING, watchdog pings. A message
/// that cannot be delivered is dropped: a service goes on without its manager. Safe from any thread.
/// </summary>
/// <param name="manager">Sends the messages, sd_notify(3).</param>
internal sealed class ServiceNotifier(ISystemdNotifier manager) : ISystemdNotifier
{
    private static readonly string s_ready = ServiceState.Ready.ToString();
    private static readonly string s_stopping = ServiceState.Stopping.ToString();

    private int _isStopping;

    /// <summary>The line for <c>systemctl status</c> that every READY carries; null for none.</summary>
    public Func<string>? StatusText { get; set; }

    /// <inheritdoc/>
    public bool IsEnabled => manager.IsEnabled;

    /// <inheritdoc/>
    public void Notify(ServiceState state)
    {
        string text = state.ToString();
        if (text == s_stopping && Interlocked.Exchange(ref _isStopping, 1) != 0)
        {
            return;
        }

        if (text == s_ready && StatusText is { } status)
        {
            state = new ServiceState($"{text}\nSTATUS={OneLine(status())}");
        }

        try
        {
            manager.Notify(state);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            // The manager is gone, or NOTIFY_SOCKET is not an address.
        }
    }

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string text) => Notify(new ServiceState("STATUS=" + OneLine(text)));

    /// <summary>
    /// The configuration is being read again; READY ends it. Carries the time stamp that <c>Type=notify-reload</c> requires.
    /// </summary>
    public void Reloading() =>
        Notify(new ServiceState("RELOADING=1\nMONOTONIC_USEC=" + MonotonicMicroseconds().ToString(CultureInfo.InvariantCulture)));

    /// <summary>The service is alive.</summary>
    public void Ping() => Notify(new ServiceState("WATCHDOG=1"));

    /// <summary><see cref="Stopwatch"/> counts nanoseconds of CLOCK_MONOTONIC on Linux.</summary>
    private static long MonotonicMicroseconds() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
