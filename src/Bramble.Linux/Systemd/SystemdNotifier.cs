using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Bramble.Linux.Systemd;

/// <summary>
/// Tells the service manager how the service is doing: the protocol of sd_notify(3), one datagram a message to the socket that
/// <c>NOTIFY_SOCKET</c> names. Does nothing where there is none. A message that cannot be delivered is dropped. Safe from any thread.
/// </summary>
public sealed class SystemdNotifier : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _manager;

    /// <param name="socketAddress">Value of <c>NOTIFY_SOCKET</c>: a path, or a name of the abstract namespace after <c>@</c>; null or empty for nobody to tell.</param>
    public SystemdNotifier(string? socketAddress)
    {
        if (string.IsNullOrEmpty(socketAddress) || socketAddress[0] is not ('/' or '@'))
        {
            return;
        }
        try
        {
            // In an address, a NUL as first byte stands for the abstract namespace (unix(7)).
            _manager = new UnixDomainSocketEndPoint(socketAddress[0] == '@' ? '\0' + socketAddress[1..] : socketAddress);
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        }
        catch (ArgumentException)
        {
            // Longer than an address can be: as good as none.
        }
    }

    /// <summary>True if there is a service manager to tell.</summary>
    public bool IsActive => _socket is not null;

    /// <summary>The one that this process was started with.</summary>
    public static SystemdNotifier FromEnvironment() => new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));

    /// <summary>Start-up or a reload is done.</summary>
    /// <param name="status">One line for <c>systemctl status</c>; null to leave the last.</param>
    public void Ready(string? status = null) => Send(status is null ? "READY=1" : "READY=1\nSTATUS=" + OneLine(status));

    /// <summary>One line for <c>systemctl status</c>.</summary>
    public void Status(string status) => Send("STATUS=" + OneLine(status));

    /// <summary>The configuration is being read again; <see cref="Ready"/> ends it. Carries the moment that <c>Type=notify-reload</c> asks for.</summary>
    public void Reloading() => Send("RELOADING=1\nMONOTONIC_USEC=" + MonotonicMicroseconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>The service is going down.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>The service is alive.</summary>
    public void Ping() => Send("WATCHDOG=1");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    /// <summary><see cref="Stopwatch"/> counts nanoseconds of CLOCK_MONOTONIC on Linux.</summary>
    private static long MonotonicMicroseconds() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private void Send(string message)
    {
        if (_socket is null || _manager is null)
        {
            return;
        }
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), _manager);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody listens any more: the service goes on without.
        }
    }
}
