using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;

namespace Bramble.Storage.Images;

/// <summary>What an image is and can do, read out of its trees.</summary>
internal sealed record ImageFacts(OsRelease System, KernelModules Modules)
{
    /// <summary>What the root tree says.</summary>
    internal static ImageFacts Of(ForeignTree root) => new(OsRelease.Read(root), KernelModules.Read(root));

    /// <summary>Adds what the boot tree says, and writes all of it into an image's record.</summary>
    /// <param name="info">The record.</param>
    /// <param name="bootFolder">The boot tree.</param>
    /// <param name="origin">An image that the tree was once cloned from: what is still the same file is known already. Null for none.</param>
    /// <param name="cancellation">Stops.</param>
    internal async Task<ImageInfo> RecordAsync(ImageInfo info, string bootFolder, ImageInfo? origin, CancellationToken cancellation)
    {
        IReadOnlyList<InitramfsInfo> initramfs = await InitramfsInspector.InspectAsync(bootFolder, Modules, origin, cancellation);

        // Without an initramfs the kernel mounts its root itself, and has no module to load for it.
        bool canNfs41 = initramfs.Count > 0 ? initramfs.All(static one => one.CanNfs41) : Modules.IsBuiltIn(null, "nfsv4");
        IReadOnlyList<string> deviceTrees = DeviceTrees.In(bootFolder);
        return info with
        {
            Distribution = System.PrettyName,
            DistributionId = System.Id,
            DistributionVersion = System.Version,
            Initramfs = initramfs,
            DeviceTrees = deviceTrees,
            Kernels = await KernelInspector.InspectAsync(bootFolder, deviceTrees, origin, cancellation),
            CanNfs = InitramfsInspector.CanNfs(initramfs),
            CanIscsi = InitramfsInspector.CanIscsi(initramfs),
            CanOverlay = initramfs.Count > 0 && initramfs.All(static one => one.CanOverlay),
            CanNfs41 = canNfs41,
            CanBeGivenNfs41 = !canNfs41 && initramfs.Count > 0 && initramfs.All(static one => one.CanNfs41 || one.CanBeGivenNfs41),
        };
    }
}
