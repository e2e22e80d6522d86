using System.CommandLine;
using System.Runtime.InteropServices;
using Bramble.Bus;
using Bramble.Configuration;
using Bramble.Linux.DBus;
using Bramble.Linux.Systemd;
using Bramble.Logging;
using Bramble.Storage;

namespace Bramble.Commands;

/// <summary><c>bramble storaged</c>: the storage process, started by the bus when it is needed; ends when it is idle.</summary>
internal static class StoragedCommand
{
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(60);

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Option<string> file = ConfigCommand.FileOption();
        var command = new Command("storaged", "Runs the storage process (started by D-Bus when it is needed).") { file };
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
        await using IBusConnection? bus = BusConnection.TryOpenSystem(out string reason);
        if (bus is null)
        {
            Console.Error.WriteLine($"bramble storaged: no D-Bus system bus: {reason}");
            return ExitCode.Failure;
        }

        using var notifier = SystemdNotifier.FromEnvironment();
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var options = new StorageOptions
        {
            DataFolder = config.DataFolder,
            ExportsFile = config.ExportsFile,
            TargetsFile = config.TargetsFile,
            SkippedEdits = config.SkippedEdits,
            KeptFreeBytes = config.KeptFreeBytes,
            RootQuotaBytes = config.RootQuotaBytes,
        };
        try
        {
            using var storage = new StorageService(options, new SystemdUnitReloader(new BusLink(() => (bus, ""))), TimeProvider.System, loggers.CreateLogger("storage"));
            var service = new StorageBusObject(storage, storage, storage, storage, storage, BusCallers.RootAndBramble, TimeProvider.System, loggers.CreateLogger("bus"));
            // Before the name is taken: calls may arrive at once.
            await new SystemBusObject(BusCallers.RootAndBramble).AttachAsync(bus);
            await service.AttachAsync(bus);
            notifier.Ready();
            await service.RunUntilIdleAsync(bus, s_idle, notifier.Stopping, stop.Token);
            return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Success;
        }
        catch (Exception e) when (e is BusException or IOException or UnauthorizedAccessException or Storage.Contract.StorageException)
        {
            Console.Error.WriteLine($"bramble storaged: {e.Message}");
            return ExitCode.Failure;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            notifier.Stopping();
            stop.Cancel();
        }
    }
}
