using System.Text.Json;
using Bramble.Storage.Contract;

namespace Bramble.Bus;

/// <content>The doctor.</content>
public sealed partial class StorageBusProxy
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<StorageFinding>> ExamineAsync(bool mend, IReadOnlyList<string>? clients, CancellationToken cancellation)
    {
        string names = clients is null ? "" : JsonSerializer.Serialize(clients, StorageContractJson.Default.IReadOnlyListString);
        return Read(await CallAsync("Examine", "bs", [mend, names], cancellation).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListStorageFinding);
    }

    /// <inheritdoc/>
    public async Task<StorageUsage> MeasureAsync(CancellationToken cancellation) =>
        Read(await CallAsync("Measure", "", [], cancellation).ConfigureAwait(false), StorageContractJson.Default.StorageUsage);
}
