using Bramble.Linux.Processes;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Images;

/// <summary>Looks whether an image is whole.</summary>
internal static class ImageCheck
{
    private static readonly string[] s_kernels = ["kernel", "vmlinu", "Image"];

    /// <summary>Looks at record, trees and disk; changes nothing.</summary>
    /// <param name="layout">The data folder.</param>
    /// <param name="image">Its record; null if that cannot be read.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>What is wrong, for people.</returns>
    internal static async Task<IReadOnlyList<string>> RunAsync(Layout layout, ImageInfo? image, string name, CancellationToken cancellation)
    {
        List<string> wrong = [];
        if (image is null)
            wrong.Add($"{layout.ImageRecord(name)} cannot be read: remove the image and import it again.");
        string boot = layout.ImageBoot(name);
        bool hasTree = Directory.Exists(layout.ImageRoot(name));
        bool hasDisk = File.Exists(layout.ImageDisk(name));
        if (!Directory.Exists(boot))
            wrong.Add($"{boot} is not there.");
        else if (!Directory.EnumerateFiles(boot).Any(static file => Array.Exists(s_kernels, start => Path.GetFileName(file).StartsWith(start, StringComparison.Ordinal))))
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

        if (hasDisk)
        {
            ProcessResult check = await ChildProcess.RunAsync("e2fsck", ["-f", "-n", layout.ImageDisk(name)], cancellation).ConfigureAwait(false);
            if (!check.Succeeded)
                wrong.Add($"The filesystem on {layout.ImageDisk(name)} is damaged ({check.Words}). {(hasTree ? "Remove the file: it is made anew from the root tree when it is needed." : "Remove the image and make it again.")}");
        }

        return wrong;
    }
}
