using System.Collections.Concurrent;
using Bramble.Linux.DBus;
using Bramble.Linux.Tests.DBus;

namespace Bramble.Linux.Tests.Systemd;

/// <summary>Stands in for systemd on a private bus: the part of org.freedesktop.systemd1 that is used, with systemd's own oddities.</summary>
public sealed class FakeSystemd : IAsyncDisposable
{
    private const string Path = "/org/freedesktop/systemd1";
    private const string Manager = "org.freedesktop.systemd1.Manager";

    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, object>> _units = new();
    private readonly ConcurrentDictionary<string, bool> _subscribers = new();
    private int _lastJob;

    private FakeSystemd(IBusConnection bus) => Bus = bus;

    public IBusConnection Bus { get; }

    public ConcurrentQueue<string> Jobs { get; } = new();

    /// <summary>Result of the next jobs of a unit; default "done".</summary>
    public Func<string, string> ResultOf { get; set; } = _ => "done";

    /// <summary>JobRemoved is sent before the reply that names the job, as can happen.</summary>
    public bool SignalBeforeReply { get; set; }

    /// <summary>Jobs do not end until this does.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    /// <summary>Units that the bus asked to start, by ActivationRequest.</summary>
    public Action<string>? ActivationRequested { get; set; }

    public static async Task<FakeSystemd> StartAsync(IBusConnection bus)
    {
        var systemd = new FakeSystemd(bus);
        await bus.ExportAsync(Path, new BusInterface
        {
            Name = Manager,
            Methods =
            [
                new BusMethod { Name = "Subscribe", Handler = call => systemd._subscribers.TryAdd(call.Message.Sender, true)
                    ? Task.FromResult<object[]>([])
                    : throw new BusException("org.freedesktop.systemd1.AlreadySubscribed", "Client is already subscribed.") },
                systemd.JobMethod("ReloadOrRestartUnit"),
                systemd.JobMethod("StartUnit"),
                systemd.JobMethod("StopUnit"),
                new BusMethod { Name = "LoadUnit", In = "s", Out = "o", Handler = async call => [await systemd.UnitPathAsync(call.Get<string>(0))] },
            ],
            Signals = [new BusSignal("JobRemoved", "uoss", "id", "job", "unit", "result")],
        });
        await bus.SubscribeAsync(new SignalMatch { Sender = "org.freedesktop.DBus", Member = "ActivationRequest" }, signal => systemd.ActivationRequested?.Invoke(signal.Get<string>(0)));
        await bus.RequestNameAsync("org.freedesktop.systemd1");
        return systemd;
    }

    /// <summary>Sets a property of a unit and tells those that listen.</summary>
    public async Task SetAsync(string unit, string property, object value)
    {
        string path = await UnitPathAsync(unit);
        _units[unit][property] = value;
        await Bus.EmitSignalAsync(path, "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as", "org.freedesktop.systemd1.Unit", new Dictionary<string, object>(), Array.Empty<string>());
    }

    public ValueTask DisposeAsync() => Bus.DisposeAsync();

    private BusMethod JobMethod(string name) => new()
    {
        Name = name,
        In = "ss",
        Out = "o",
        Handler = async call =>
        {
            string unit = call.Get<string>(0);
            if (unit == "missing.service")
            {
                throw new BusException("org.freedesktop.systemd1.NoSuchUnit", $"Unit {unit} not found.");
            }
            uint id = (uint)Interlocked.Increment(ref _lastJob);
            string job = $"{Path}/job/{id}";
            Jobs.Enqueue($"{name} {unit} {call.Get<string>(1)}");
            Task removed = RemoveAsync(id, job, unit);
            if (SignalBeforeReply)
            {
                await removed;
            }
            return [job];
        },
    };

    private async Task RemoveAsync(uint id, string job, string unit)
    {
        await Task.Yield();
        await Hold;
        // systemd sends its signals only to a bus where somebody has subscribed.
        if (!_subscribers.IsEmpty)
        {
            await Bus.EmitSignalAsync(Path, Manager, "JobRemoved", "uoss", id, job, unit, ResultOf(unit));
        }
    }

    private async Task<string> UnitPathAsync(string unit)
    {
        string path = $"{Path}/unit/{string.Concat(unit.Select(c => char.IsAsciiLetterOrDigit(c) ? c.ToString() : $"_{(int)c:x2}"))}";
        var properties = new ConcurrentDictionary<string, object>
        {
            ["LoadState"] = "loaded",
            ["ActiveState"] = "inactive",
            ["SubState"] = "dead",
            ["Result"] = "success",
            ["StatusText"] = "",
            ["StatusErrno"] = 0,
            ["ExecMainCode"] = 0,
            ["ExecMainStatus"] = 0,
        };
        if (_units.TryAdd(unit, properties))
        {
            await Bus.ExportAsync(path, BusProperty.Export(
            [
                .. Read("Unit", "s", "LoadState", "ActiveState", "SubState"),
                .. Read("Service", "s", "Result", "StatusText"),
                .. Read("Service", "i", "StatusErrno", "ExecMainCode", "ExecMainStatus"),
            ]));
        }
        return path;

        IEnumerable<BusProperty> Read(string kind, string signature, params string[] names) =>
            names.Select(name => new BusProperty("org.freedesktop.systemd1." + kind, name, signature, () => properties[name]));
    }
}
