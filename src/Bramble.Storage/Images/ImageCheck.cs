using Bramble.Linux.Processes;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Images;

/// <summary>Looks whether an image is whole.</summary>
internal static class ImageCheck
{
    /// <summary>Looks at record, trees and disk; changes nothing.</summary>
    /// <param name="layout">The data folder.</param>
    /// <param name="image">Its record; null if that cannot be read.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>What is wrong, for people.</returns>
    internal static async Task<IReadOnlyList<string>> RunAsync(Layout layout, ImageInfo? image, string name, CancellationToken cancellation)
    {
        List<string> wrong = Look(layout, image, name);
        if (File.Exists(layout.ImageDisk(name)))
        {
            ProcessResult check = await ChildProcess.RunAsync("e2fsck", ["-f", "-n", layout.ImageDisk(name)], cancellation);
            if (!check.Succeeded)
                wrong.Add($"The filesystem on {layout.ImageDisk(name)} is damaged ({check.Words}). {(Directory.Exists(layout.ImageRoot(name)) ? "Remove the file: it is made anew from the root tree when it is needed." : "Remove the image and make it again.")}");
        }

        return wrong;
    }

    /// <summary>The same without a look at every block of the disk.</summary>
    internal static List<string> Look(Layout layout, ImageInfo? image, string name)
    {
        List<string> wrong = [];
        if (image is null)
            wrong.Add($"{layout.ImageRecord(name)} cannot be read: remove the image and import it again.");
        string boot = layout.ImageBoot(name);
        bool hasTree = Directory.Exists(layout.ImageRoot(name));
        bool hasDisk = File.Exists(layout.ImageDisk(name));
        if (!Directory.Exists(boot))
            wrong.Add($"{boot} is not there.");
        else if (!Directory.EnumerateFiles(boot).Any(static file => KernelInspector.IsKernel(Path.GetFileName(file))))
            wrong.Add($"{boot} holds no kernel.");
        if (!hasTree && !hasDisk)
            wrong.Add($"Neither {layout.ImageRoot(name)} nor {layout.ImageDisk(name)} is there.");
        if (hasTree && !Directory.Exists($"{layout.ImageRoot(name)}/etc"))
            wrong.Add($"{layout.ImageRoot(name)} holds no operating system: it has no /etc.");
        foreach (InitramfsInfo initramfs in image?.Initramfs ?? [])
        {
            if (!File.Exists($"{boot}/{initramfs.File}"))
                wrong.Add($"{boot}/{initramfs.File} was there when the image was made, and is gone.");
        }

        foreach (KernelInfo kernel in image?.Kernels ?? [])
        {
            if (!File.Exists($"{boot}/{kernel.File}"))
                wrong.Add($"{boot}/{kernel.File} was there when the image was made, and is gone.");
        }

        if (image is { Kernels.Count: > 0, DeviceTrees.Count: > 0 } && image.Kernels.All(static kernel => kernel.Models.Count == 0))
            wrong.Add($"{boot} has no device tree for any kernel in it: no Raspberry Pi boots from it.");
        return wrong;
    }
}
