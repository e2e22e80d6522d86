using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

/// <content>A client gets another image and stays the machine that it is.</content>
public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<RootChange> ChangeImageAsync(string client, string image, IReadOnlyList<string> carry, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        await StartAsync(cancellation).ConfigureAwait(false);
        StorageNames.RequireImage(image);
        string[] paths = [.. carry.Select(StorageNames.RequireCarried)];
        using IDisposable held = await HoldClientAsync(client, cancellation).ConfigureAwait(false);
        StateRecord current = FindRoot(client);
        if (current.Image == image)
        {
            StateRecord? before = Snapshots(client).LastOrDefault(static one => one.Cause == SnapshotCause.Update);
            return new RootChange(client, image, image, before?.Snapshot ?? "", IsOpen(client, current));
        }

        using IDisposable imageHeld = await HoldImageAsync(image, current.Kind, cancellation).ConfigureAwait(false);
        ImageInfo info = FindImage(image);
        await RequireQuietAsync(client, current, cancellation).ConfigureAwait(false);
        string purpose = $"for image {image} on {client}";
        return await ChangeStateAsync(
            client,
            current,
            image,
            image,
            SnapshotCause.Update,
            async (number, folder) =>
            {
                ProgressMeter meter = new(progress, _time);
                (StateRecord record, bool hasCopies) = await _builder.CloneImageAsync(client, number, current.Kind, info, folder, meter, cancellation).ConfigureAwait(false);
                record = await _builder.ForgetMachineAsync(record, folder).ConfigureAwait(false);
                if (record.HasRoot)
                {
                    hasCopies |= await _builder.CarryAsync(client, current, folder, paths, purpose, meter, cancellation).ConfigureAwait(false);
                }

                return (record with { External = current.External }, hasCopies);
            },
            purpose,
            cancellation).ConfigureAwait(false);
    }
}
