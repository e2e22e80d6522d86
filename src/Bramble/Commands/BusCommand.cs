using System.Text.Json;
using Bramble.Bus;
using Bramble.Fleet.Status;
using Bramble.Linux.DBus;
using Bramble.Storage.Contract;

namespace Bramble.Commands;

/// <summary>Runs a verb that talks to the running Bramble over the bus, and puts failures into words.</summary>
internal static class BusCommand
{
    /// <summary>Runs <paramref name="work"/> with a connection; returns the exit code.</summary>
    public static async Task<int> RunAsync(Func<IBusConnection, Task> work)
    {
        await using IBusConnection? bus = BusConnection.TryOpenSystem(out string reason);
        if (bus is null)
        {
            Console.Error.WriteLine($"bramble: no D-Bus system bus: {reason}. Is this the machine that Bramble runs on?");
            return ExitCode.Failure;
        }

        try
        {
            await work(bus);
            return ExitCode.Success;
        }
        catch (StorageException e)
        {
            Console.Error.WriteLine($"bramble: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("bramble: given up; nothing was left behind.");
        }
        catch (BusException e) when (e.Name == BusErrors.ServiceUnknown)
        {
            Console.Error.WriteLine("bramble: the boot server does not run. Start it with 'systemctl start bramble'; 'journalctl -u bramble' says why it stopped.");
        }
        catch (BusException e) when (e.Name == BusErrors.AccessDenied)
        {
            Console.Error.WriteLine("bramble: you may not do that. Use sudo, or, to look only, join the group 'bramble'.");
        }
        catch (BusException e)
        {
            Console.Error.WriteLine($"bramble: {e.Message}");
        }

        return ExitCode.Failure;
    }

    /// <summary>The fleet as the running server sees it.</summary>
    public static async Task<FleetStatus> StatusAsync(IBusConnection bus, CancellationToken cancellation) =>
        JsonSerializer.Deserialize(await new FleetBusProxy(bus).GetStatusAsync(cancellation), FleetJson.Default.FleetStatus)!;

    /// <summary>A storage proxy on a connection.</summary>
    public static StorageBusProxy Storage(IBusConnection bus) => new(new BusLink(() => (bus, "")));

    /// <summary>Tells a running boot server that images came or went; where none runs there is nobody to tell.</summary>
    public static async Task TellServerAsync(IBusConnection bus, CancellationToken cancellation)
    {
        try
        {
            await new FleetBusProxy(bus).ReloadAsync(cancellation);
        }
        catch (BusException)
        {
            // It reads the list when it starts, and before it makes a root.
        }
    }
}
