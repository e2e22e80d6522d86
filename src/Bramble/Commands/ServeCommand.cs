using System.CommandLine;
using System.Runtime.InteropServices;
using Bramble.Configuration;
using Bramble.Linux.Sockets;
using Bramble.Serving;

namespace Bramble.Commands;

/// <summary><c>bramble serve</c>: the boot server, in the foreground.</summary>
internal static class ServeCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => ServiceCommand.Create("serve", "Runs the boot server in the foreground.", RunAsync);

    private static async Task<int> RunAsync(ServiceRun run)
    {
        (IReadOnlyList<Dhcp.DhcpInterfaceOptions>? interfaces, ConfigError? error) = InterfaceChoice.Choose(run.Path, run.Config, InterfaceInfo.GetAll());
        if (interfaces is null)
        {
            Console.Error.WriteLine(error);
            return ExitCode.Usage;
        }

        try
        {
            await using var host = new ServeHost(run.Path, run.Config, interfaces, run.Loggers);
            using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                host.Reload();
            });
            await host.RunAsync(run.Stop);
            return ExitCode.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException or UdpBindException or Dhcp.DhcpServerException)
        {
            string fix = e is UnauthorizedAccessException ? " It must be started by systemd (systemctl start bramble), or by root (sudo)." : "";
            Console.Error.WriteLine($"bramble serve: {e.Message}{fix}");
            return ExitCode.Failure;
        }
    }
}
