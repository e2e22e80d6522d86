using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

/// <content>A client gets another image, or a root of another kind, and stays the machine that it is.</content>
public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<RootChange> ChangeImageAsync(string client, string image, IReadOnlyList<string> carry, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        StorageNames.RequireImage(image);
        string[] paths = [.. carry.Select(StorageNames.RequireCarried)];
        using IDisposable held = await HoldClientAsync(client, cancellation);
        StateRecord current = FindRoot(client);
        if (current.Image == image)
        {
            StateRecord? before = Snapshots(client).LastOrDefault(static one => one.Cause == SnapshotCause.Update);
            return new RootChange(client, image, image, before?.Snapshot ?? "", IsOpen(client, current)) { Kind = current.Kind };
        }

        return await MakeAnewAsync(client, current, image, current.Kind, image, SnapshotCause.Update, paths, progress, cancellation);
    }

    /// <inheritdoc/>
    public async Task<RootChange> ChangeKindAsync(string client, RootKind kind, string? external, IReadOnlyList<string> carry, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        if (kind == RootKind.External)
            ExternalRoot.Parse(external ?? "");
        string[] paths = [.. carry.Select(StorageNames.RequireCarried)];
        using IDisposable held = await HoldClientAsync(client, cancellation);
        StateRecord current = FindRoot(client);
        return current.Kind == kind
            ? new RootChange(client, current.Image, current.Image, "", IsOpen(client, current)) { Kind = kind }
            : await MakeAnewAsync(client, current with { External = external }, current.Image, kind, $"a root of kind {Name(kind)}", SnapshotCause.Root, paths, progress, cancellation);
    }

    /// <summary>Has the client's next boot get a clone of an image, and what is carried over of what it has now.</summary>
    private async Task<RootChange> MakeAnewAsync(
        string client, StateRecord current, string image, RootKind kind, string source, SnapshotCause cause, IReadOnlyList<string> paths, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        using IDisposable imageHeld = await HoldImageAsync(image, kind, cancellation);
        ImageInfo info = FindImage(image);
        await RequireQuietAsync(client, current, cancellation);
        string purpose = cause == SnapshotCause.Update ? $"for image {image} on {client}" : $"for another root of {client}";
        return await ChangeStateAsync(
            client,
            current,
            source,
            image,
            kind,
            cause,
            async (number, folder) =>
            {
                ProgressMeter meter = new(progress, _time);
                (StateRecord record, bool hasCopies) = await _builder.CloneImageAsync(client, number, kind, info, folder, meter, cancellation);
                record = await _builder.ForgetMachineAsync(record, folder);
                if (record.HasRoot && current.HasRoot)
                {
                    hasCopies |= await _builder.CarryAsync(client, current, kind, folder, paths, purpose, meter, cancellation);
                }

                return (record with { External = current.External }, hasCopies);
            },
            purpose,
            cancellation);
    }
}
