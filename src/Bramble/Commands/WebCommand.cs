using System.CommandLine;
using System.Runtime.InteropServices;
using Bramble.Configuration;
using Bramble.Linux.DBus;
using Bramble.Linux.Systemd;
using Bramble.Logging;
using Bramble.Web;

namespace Bramble.Commands;

/// <summary><c>bramble web</c>: the page, in the foreground. A process of its own: what strangers' browsers send never reaches the boot server's.</summary>
internal static class WebCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<string> file = ConfigCommand.FileOption();
        var command = new Command("web", "Serves the web page in the foreground: the fleet to look at, and metrics.") { file };
        command.SetAction(async (result, _) => await RunAsync(result.GetRequiredValue(file)));
        return command;
    }

    private static async Task<int> RunAsync(string path)
    {
        if (ConfigCommand.LoadOrExplain(path) is not { } config)
        {
            return ExitCode.Usage;
        }

        using LineLoggerFactory loggers = LineLoggerFactory.ForThisProcess();
        loggers.MinimumLevel = config.LogLevel;
        var stop = new TaskCompletionSource();
        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using SystemdNotifier notifier = SystemdNotifier.FromEnvironment();
        await using var source = new BusFleetSource(BusLink.ToSystemBus(), TimeProvider.System);
        await using var server = new WebServer(source, config.WebPort, loggers);
        try
        {
            await server.StartAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await Console.Error.WriteLineAsync($"bramble web: port {config.WebPort}: {e.Message} Set another one with [web] port.");
            return ExitCode.Failure;
        }

        notifier.Ready($"port {config.WebPort}");
        await stop.Task;
        notifier.Stopping();
        return ExitCode.Success;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }
    }
}
