using Bramble.Linux.DBus;
using Bramble.Storage.Contract;

namespace Bramble.Bus;

/// <summary>Sends the progress of one operation as signals, in the order in which it is told.</summary>
internal sealed class ProgressSignal(IBusConnection bus, string subject) : IProgress<ImportProgress>
{
    public void Report(ImportProgress value)
    {
        // A signal that cannot be sent is only a missing line on somebody's screen.
        _ = bus.EmitSignalAsync(
            StorageBusNames.Path,
            StorageBusNames.Name,
            StorageBusNames.ProgressSignal,
            "sstt",
            subject,
            value.Step,
            (ulong)Math.Max(0, value.Done),
            (ulong)Math.Max(0, value.Total)).ContinueWith(static sent => sent.Exception, TaskScheduler.Default);
    }
}
