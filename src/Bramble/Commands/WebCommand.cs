using System.CommandLine;
using Bramble.Linux.DBus;
using Bramble.Linux.Systemd;
using Bramble.Web;

namespace Bramble.Commands;

/// <summary><c>bramble web</c>: the page, in the foreground. A process of its own: what strangers' browsers send never reaches the boot server's.</summary>
internal static class WebCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => ServiceCommand.Create("web", "Serves the web page in the foreground: the fleet to look at, and metrics.", RunAsync);

    private static async Task<int> RunAsync(ServiceRun run)
    {
        int port = run.Config.WebPort;
        using SystemdNotifier notifier = SystemdNotifier.FromEnvironment();
        await using var source = new BusFleetSource(BusLink.ToSystemBus(), TimeProvider.System);
        await using var server = new WebServer(source, port, run.Loggers);
        try
        {
            await server.StartAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync($"bramble web: port {port}: {e.Message} Set another one with [web] port.");
            return ExitCode.Failure;
        }

        notifier.Ready($"port {port}");
        await Task.Delay(Timeout.Infinite, run.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        notifier.Stopping();
        return ExitCode.Success;
    }
}
