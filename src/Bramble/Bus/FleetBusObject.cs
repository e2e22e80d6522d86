using Bramble.Linux.DBus;
using Microsoft.Extensions.Logging;

namespace Bramble.Bus;

/// <summary>The boot server on the bus. Reading is for whomever the bus policy lets through, changing for <paramref name="changers"/> only.</summary>
/// <param name="api">The boot server.</param>
/// <param name="changers">Who may change things.</param>
/// <param name="log">Where failures that nobody foresaw are told in full.</param>
public sealed partial class FleetBusObject(IFleetApi api, BusCallers changers, ILogger log)
{
    /// <summary>Exports the object and takes the name; for <see cref="BusLink.Attach"/>, so that it comes back after the bus was lost.</summary>
    /// <param name="bus">The connection.</param>
    public async Task AttachAsync(IBusConnection bus)
    {
        await bus.ExportAsync(FleetBusNames.Path, new BusInterface
        {
            Name = FleetBusNames.Interface,
            Methods =
            [
                new BusMethod { Name = "GetStatus", Out = "s", ArgumentNames = ["status"], Handler = call => RunAsync(call, () => Task.FromResult<object[]>([api.GetStatusJson()])) },
                new BusMethod { Name = "GetOverview", Out = "s", ArgumentNames = ["status"], Handler = call => RunAsync(call, () => Task.FromResult<object[]>([api.GetOverviewJson()])) },
                new BusMethod { Name = "GetBootFiles", In = "s", Out = "s", ArgumentNames = ["name", "files"], Handler = call => RunAsync(call, () => Task.FromResult<object[]>([api.GetBootFilesJson(call.Get<string>(0))])) },
                new BusMethod { Name = "GetBootLog", In = "s", Out = "s", ArgumentNames = ["name", "log"], Handler = call => RunAsync(call, () => Task.FromResult<object[]>([api.GetBootLogJson(call.Get<string>(0))])) },
                new BusMethod { Name = "GetNames", Out = "s", ArgumentNames = ["names"], Handler = call => RunAsync(call, () => Task.FromResult<object[]>([api.GetNamesJson()])) },
                new BusMethod { Name = "GetMetrics", Out = "s", ArgumentNames = ["text"], Handler = call => RunAsync(call, () => Task.FromResult<object[]>([api.GetMetrics()])) },
                Changing("Approve", "s", "s", ["name", "board"], call => Task.FromResult<object[]>([api.Approve(call.Get<string>(0))])),
                Changing("AddClient", "s", "s", ["request", "client"], async call => [await api.AddClientAsync(call.Get<string>(0)).ConfigureAwait(false)]),
                Changing("ChangeClient", "s", "s", ["change", "client"], call => Task.FromResult<object[]>([api.ChangeClient(call.Get<string>(0))])),
                Changing("ForgetBoard", "s", "b", ["name", "found"], call => Task.FromResult<object[]>([api.ForgetBoard(call.Get<string>(0))])),
                Changing("SetImage", "ss", "", ["client", "image"], call =>
                {
                    api.SetImage(call.Get<string>(0), call.Get<string>(1));
                    return Task.FromResult<object[]>([]);
                }),
                Changing("SetRoot", "sss", "", ["client", "image", "root"], call =>
                {
                    api.SetRoot(call.Get<string>(0), call.Get<string>(1), call.Get<string>(2));
                    return Task.FromResult<object[]>([]);
                }),
                Changing("Restart", "s", "b", ["client", "asked"], call => Task.FromResult<object[]>([api.Restart(call.Get<string>(0))])),
                Changing("RemoveClient", "s", "b", ["client", "found"], call => Task.FromResult<object[]>([api.RemoveClient(call.Get<string>(0))])),
                Changing("ExportRegistry", "", "s", ["registry"], _ => Task.FromResult<object[]>([api.ExportRegistry()])),
                Changing("ImportRegistry", "s", "s", ["registry", "refused"], call => Task.FromResult<object[]>([api.ImportRegistry(call.Get<string>(0))])),
                Changing("StartRollout", "s", "s", ["order", "rollout"], async call => [await api.StartRolloutAsync(call.Get<string>(0)).ConfigureAwait(false)]),
                Changing("StopRollout", "b", "s", ["back", "rollout"], call => Task.FromResult<object[]>([api.StopRollout(call.Get<bool>(0))])),
                new BusMethod { Name = "GetRollout", Out = "s", ArgumentNames = ["rollout"], Handler = call => RunAsync(call, () => Task.FromResult<object[]>([api.GetRolloutJson()])) },
                Changing("Reload", "", "", [], call =>
                {
                    api.Reload();
                    return Task.FromResult<object[]>([]);
                }),
            ],
            Signals = [new BusSignal(FleetBusNames.BootEventSignal, "s", "event")],
        }).ConfigureAwait(false);
        await bus.RequestNameAsync(FleetBusNames.Name).ConfigureAwait(false);
        void Forward(string json) => _ = bus.EmitSignalAsync(FleetBusNames.Path, FleetBusNames.Interface, FleetBusNames.BootEventSignal, "s", json)
            .ContinueWith(static sent => sent.Exception, TaskScheduler.Default);
        api.BootEvent += Forward;
        _ = bus.Closed.ContinueWith(_ => api.BootEvent -= Forward, TaskScheduler.Default);
    }

    private BusMethod Changing(string name, string takes, string gives, string[] names, Func<BusCall, Task<object[]>> work) => new()
    {
        Name = name,
        In = takes,
        Out = gives,
        ArgumentNames = names,
        Handler = call => RunAsync(call, async () =>
        {
            await changers.CheckAsync(call).ConfigureAwait(false);
            return await work(call).ConfigureAwait(false);
        }),
    };

    private async Task<object[]> RunAsync(BusCall call, Func<Task<object[]>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (BusException or OperationCanceledException))
        {
            LogFailed(e, call.Message.Member);
            throw new BusException(FleetBusNames.Error, e.Message);
        }
    }

    [LoggerMessage(EventId = 5111, Level = LogLevel.Warning, Message = "{Method}, asked for over the bus, failed")]
    private partial void LogFailed(Exception e, string method);
}
