using Bramble.Linux.DBus;
using Bramble.Storage.Contract;

namespace Bramble.Bus;

/// <summary>Sends the progress of one operation as signals, in the order in which it is told.</summary>
internal sealed class ProgressSignal(IBusConnection bus, string subject) : IProgress<ImportProgress>
{
    public void Report(ImportProgress value) =>
        bus.Tell(StorageBusNames.ProgressSignal, "sstt", subject, value.Step, (ulong)Math.Max(0, value.Done), (ulong)Math.Max(0, value.Total));
}
