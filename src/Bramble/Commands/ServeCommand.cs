using System.CommandLine;
using System.Runtime.InteropServices;
using Bramble.Configuration;
using Bramble.Linux.Sockets;
using Bramble.Logging;
using Bramble.Serving;

namespace Bramble.Commands;

/// <summary><c>bramble serve</c>: the boot server, in the foreground.</summary>
internal static class ServeCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<string> file = ConfigCommand.FileOption();
        var command = new Command("serve", "Runs the boot server in the foreground.") { file };
        command.SetAction(async (result, _) => await RunAsync(result.GetRequiredValue(file)));
        return command;
    }

    private static async Task<int> RunAsync(string path)
    {
        if (ConfigCommand.LoadOrExplain(path) is not { } config)
        {
            return ExitCode.Usage;
        }

        (IReadOnlyList<Dhcp.DhcpInterfaceOptions>? interfaces, ConfigError? error) = InterfaceChoice.Choose(path, config, InterfaceInfo.GetAll());
        if (interfaces is null)
        {
            Console.Error.WriteLine(error);
            return ExitCode.Usage;
        }

        using LineLoggerFactory loggers = LineLoggerFactory.ForThisProcess();
        loggers.MinimumLevel = config.LogLevel;
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            await using var host = new ServeHost(path, config, interfaces, loggers);
            using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                host.Reload();
            });
            await host.RunAsync(stop.Token);
            return ExitCode.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException or UdpBindException or Dhcp.DhcpServerException)
        {
            Console.Error.WriteLine($"bramble serve: {e.Message}");
            return ExitCode.Failure;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
