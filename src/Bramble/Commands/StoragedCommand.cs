using System.CommandLine;
using Bramble.Bus;
using Bramble.Configuration;
using Bramble.Linux.DBus;
using Bramble.Linux.Systemd;
using Bramble.Storage;

namespace Bramble.Commands;

/// <summary><c>bramble storaged</c>: the storage process, started by the bus when it is needed; ends when it is idle.</summary>
internal static class StoragedCommand
{
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(60);

    /// <summary>The verb.</summary>
    public static Command Create() => ServiceCommand.Create("storaged", "Runs the storage process (started by D-Bus when it is needed).", RunAsync);

    private static async Task<int> RunAsync(ServiceRun run)
    {
        await using IBusConnection? bus = BusConnection.TryOpenSystem(out string reason);
        if (bus is null)
        {
            Console.Error.WriteLine($"bramble storaged: no D-Bus system bus: {reason}");
            return ExitCode.Failure;
        }

        using var notifier = SystemdNotifier.FromEnvironment();
        run.Stopping = notifier.Stopping;
        BrambleConfig config = run.Config;
        var options = new StorageOptions
        {
            DataFolder = config.DataFolder,
            ExportsFile = config.ExportsFile,
            TargetsFile = config.TargetsFile,
            SkippedEdits = config.SkippedEdits,
            KeptFreeBytes = config.KeptFreeBytes,
            RootQuotaBytes = config.RootQuotaBytes,
            ReaderGroupId = PasswdFile.FindGroupId("bramble-files"),
        };
        try
        {
            using var storage = new StorageService(options, new SystemdUnitReloader(new BusLink(() => (bus, ""))), TimeProvider.System, run.Loggers.CreateLogger("storage"));
            var service = new StorageBusObject(storage, storage, storage, storage, storage, BusCallers.RootAndBramble, TimeProvider.System, run.Loggers.CreateLogger("bus"));
            // Before the name is taken: calls may arrive at once.
            await new SystemBusObject(BusCallers.RootAndBramble).AttachAsync(bus);
            await service.AttachAsync(bus);
            notifier.Ready();
            await service.RunUntilIdleAsync(bus, s_idle, notifier.Stopping, run.Stop);
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
    }
}
