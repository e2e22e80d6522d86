using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Bramble.Storage.Roots;

namespace Bramble.Storage.Images;

/// <summary>Makes an image out of a client's root: a clone of it without what makes it that one machine.</summary>
internal sealed class ImagePromoter(DataDisk disk, RootBuilder builder, TimeProvider time)
{
    /// <summary>Promotes.</summary>
    /// <param name="client">The client.</param>
    /// <param name="record">The state of its root.</param>
    /// <param name="origin">The image that the root was made from; null if it is gone.</param>
    /// <param name="name">A name that is free, and locked by the caller.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; nothing is left then.</param>
    internal Task<ImageInfo> PromoteAsync(string client, StateRecord record, ImageInfo? origin, string name, ProgressMeter progress, CancellationToken cancellation) =>
        builder.InWorkFolderAsync($"No image can be made from the root of {client}", $"for image {name}", async work =>
        {
            string folder = $"{work}/image";
            bool hasCopies = await builder.CloneStateAsync(client, record, folder, $"for image {name}", progress, cancellation);
            List<EditStep> steps = [];
            ImageFacts? facts = null;
            await builder.EditAsync(record.Kind, folder, root =>
            {
                MachineIdentity.Forget(new TreeEditor(root.Tree, "", steps));
                facts = ImageFacts.Of(root.Tree);
            });
            ImageInfo info = await facts!.RecordAsync(
                new ImageInfo
                {
                    Name = name,
                    Source = $"client {client}",
                    Sha256 = "",
                    Imported = time.GetUtcNow(),
                    Distribution = "",
                    BootFolder = disk.Layout.ImageBoot(name),
                    RootFolder = disk.Layout.ImageRoot(name),

                    // To count takes longer than all the rest; what its root began with is near enough, and a disk for it is measured when it is made.
                    SizeBytes = origin?.SizeBytes ?? await DataDisk.UsedBytesAsync([folder]),
                    BootMountPoint = record.BootMountPoint,
                    CanNfs = false,
                    CanIscsi = false,
                    Edits = steps,
                    SkippedEdits = origin?.SkippedEdits ?? [],
                },
                $"{folder}/{Layout.Boot}",
                origin,
                cancellation);
            ImageStore.Write(disk, folder, info);
            await disk.SettleAsync(folder, hasCopies);
            cancellation.ThrowIfCancellationRequested();
            disk.Move(folder, disk.Layout.Image(name));
            return info;
        });
}
