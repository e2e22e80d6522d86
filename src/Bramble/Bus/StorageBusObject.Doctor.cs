using Bramble.Linux.DBus;
using Bramble.Storage.Contract;

namespace Bramble.Bus;

/// <content>The doctor.</content>
public sealed partial class StorageBusObject
{
    private IEnumerable<BusMethod> DoctorMethods() =>
    [
        Method("Measure", "", "s", ["usage"], async (_, stop) => [Write(await doctor.MeasureAsync(stop).ConfigureAwait(false), StorageContractJson.Default.StorageUsage)]),

        // The names of the fleet's clients as a JSON array; empty if they are not known.
        Method("Examine", "bs", "s", ["mend", "clients", "findings"], async (call, stop) =>
        {
            IReadOnlyList<string>? clients = Given(call, 1) is { } names ? Read(names, StorageContractJson.Default.IReadOnlyListString) : null;
            return [Write(await doctor.ExamineAsync(call.Get<bool>(0), clients, stop).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListStorageFinding)];
        }),
    ];
}
