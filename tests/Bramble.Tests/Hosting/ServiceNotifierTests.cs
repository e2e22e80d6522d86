using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Bramble.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Xunit;

namespace Bramble.Tests.Hosting;

/// <summary>What the service manager receives, at a socket that plays it.</summary>
public sealed class ServiceNotifierTests : IDisposable
{
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
    public void The_life_of_a_service_is_sent_message_by_message(bool isAbstract)
    {
        ServiceNotifier notifier = Listen(isAbstract);
        Assert.True(notifier.IsEnabled);
        notifier.StatusText = () => "serving\n2 clients ✓";
        notifier.Notify(ServiceState.Ready);
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
        notifier.StatusText = null;
        notifier.Notify(ServiceState.Ready);
        Assert.Equal("READY=1", Receive());
        notifier.Ping();
        Assert.Equal("WATCHDOG=1", Receive());
        notifier.Notify(ServiceState.Stopping);
        Assert.Equal("STOPPING=1", Receive());
    }

    [Fact]
    public void That_it_stops_is_sent_once()
    {
        ServiceNotifier notifier = Listen(isAbstract: true);
        notifier.Notify(ServiceState.Stopping);
        notifier.Notify(ServiceState.Stopping);
        notifier.Status("last");
        Assert.Equal("STOPPING=1", Receive());
        Assert.Equal("STATUS=last", Receive());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_manager_nothing_happens(string? address)
    {
        ServiceNotifier notifier = At(address);
        Assert.False(notifier.IsEnabled);
        notifier.Notify(ServiceState.Ready);
    }

    [Theory]
    [InlineData("relative/path")]
    [InlineData("vsock:2:1234")]
    [InlineData("/nowhere/notify")]
    [InlineData("/a-path-of-300-characters")]
    public void A_manager_that_cannot_be_reached_does_no_harm(string address)
    {
        ServiceNotifier notifier = At(address == "/a-path-of-300-characters" ? "/" + new string('x', 300) : address);
        notifier.Notify(ServiceState.Ready);
        notifier.Ping();
        notifier.Notify(ServiceState.Stopping);
    }

    // The notifier reads the environment when it is made.
    private static ServiceNotifier At(string? address)
    {
        string? before = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", address);
        try
        {
            return new ServiceNotifier(new SystemdNotifier());
        }
        finally
        {
            Environment.SetEnvironmentVariable("NOTIFY_SOCKET", before);
        }
    }

    private ServiceNotifier Listen(bool isAbstract)
    {
        _manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + _path : _path));
        return At(isAbstract ? '@' + _path : _path);
    }

    private string Receive()
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _manager.Receive(buffer));
    }
}
