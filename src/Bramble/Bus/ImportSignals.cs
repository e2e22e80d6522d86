using System.Diagnostics;
using Bramble.Linux.DBus;
using Bramble.Storage.Contract;

namespace Bramble.Bus;

/// <summary>Tells everybody on the bus of one import: how far it is, once a second and at each step, and how it ended. Who asked for it gets all of its progress besides.</summary>
/// <param name="bus">The connection.</param>
/// <param name="source">What is imported.</param>
internal sealed class ImportSignals(IBusConnection bus, string source) : IProgress<ImportProgress>
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly ProgressSignal _all = new(bus, source);
    private readonly Lock _gate = new();
    private string _step = "";
    private long _last;

    /// <inheritdoc/>
    public void Report(ImportProgress value)
    {
        _all.Report(value);
        lock (_gate)
        {
            if (value.Step == _step && Stopwatch.GetElapsedTime(_last) < s_interval)
            {
                return;
            }

            (_step, _last) = (value.Step, Stopwatch.GetTimestamp());
        }

        bus.Tell(StorageBusNames.ImportSignal, "sstt", source, value.Step, (ulong)Math.Max(0, value.Done), (ulong)Math.Max(0, value.Total));
    }

    /// <summary>There is an image now.</summary>
    public void Finish() => End(isImported: true, "");

    /// <summary>It failed; or, without a reason, was given up.</summary>
    public void Fail(string reason) => End(isImported: false, reason);

    private void End(bool isImported, string reason) => bus.Tell(StorageBusNames.ImportEndedSignal, "sbs", source, isImported, reason);
}
