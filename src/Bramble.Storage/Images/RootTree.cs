using Bramble.Linux.Files;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Storage.Images;

/// <summary>A root tree that comes without a disk around it: a tarball or a folder. Its boot tree lies inside.</summary>
internal sealed class RootTree(DataDisk disk)
{
    private const int MagicOffset = 257;
    private static readonly string[] s_bootFolders = ["boot/firmware", "boot"];

    /// <summary>Whether an unpacked file is a tar archive (POSIX.1-1988 ustar, which GNU's own form begins like).</summary>
    internal static bool IsTar(string path)
    {
        Span<byte> magic = stackalloc byte[5];
        using SafeFileHandle file = File.OpenHandle(path);
        return RandomAccess.Read(file, magic, MagicOffset) == magic.Length && magic.SequenceEqual("ustar"u8);
    }

    /// <summary>Unpacks a tarball with owners, modes, devices and extended attributes. tar itself keeps members inside the target, also behind links that it has just made.</summary>
    internal async Task ExtractAsync(UnpackedImage tar, string target, string shownName, ProgressMeter progress, CancellationToken cancellation)
    {
        disk.Space.Require(tar.Length, $"for the content of {shownName}");
        Directory.CreateDirectory(target);
        progress.Report("Unpacking the root tree");
        ProcessResult result = await ChildProcess.RunAsync(
            "tar", ["--extract", "--file", tar.Path, "--directory", target, "--numeric-owner", "--same-permissions", "--same-owner", "--xattrs", "--xattrs-include=*", "--acls", "--delay-directory-restore"], cancellation);
        disk.Check(result, $"for the content of {shownName}", $"{shownName} is a tar archive that cannot be unpacked");
    }

    /// <summary>Copies a folder.</summary>
    internal async Task CopyAsync(string folder, string target, ProgressMeter progress, CancellationToken cancellation)
    {
        long bytes = await DataDisk.UsedBytesAsync([folder]);
        disk.Space.Require(bytes, $"for the content of {folder}");
        Directory.CreateDirectory(target);
        await disk.CopyAsync($"{folder}/.", target, $"to copy {folder}", progress, "Copying the root tree", bytes, cancellation);
    }

    /// <summary>Moves the boot tree out of the root tree, as if it had been a partition.</summary>
    /// <exception cref="StorageException">There is none.</exception>
    internal static async Task SplitBootAsync(string root, string boot, string shownName)
    {
        string? found = null;
        using (ForeignTree tree = ForeignTree.Open(root))
        {
            // No link on the way: what is moved must lie in the tree.
            foreach (string candidate in s_bootFolders)
            {
                if (tree.Kind("boot") == FileKind.Folder && tree.Kind(candidate) == FileKind.Folder && tree.List(candidate).Any(IsFirmwareFile))
                {
                    found = candidate;
                    break;
                }
            }
        }

        if (found is null)
            throw new StorageException($"{shownName} has no boot files for a Raspberry Pi: neither /boot/firmware nor /boot holds config.txt or a start*.elf. Install raspi-firmware (or raspberrypi-bootloader) and a kernel in it.");
        Directory.Move($"{root}/{found}", boot);
        Directory.CreateDirectory($"{root}/{found}");
        ProcessResult result = await ChildProcess.RunAsync("chmod", ["-R", "u=rwX,go=rX", "--", boot], CancellationToken.None);
        if (!result.Succeeded)
            throw new StorageException($"The boot tree of {shownName} cannot be made readable: {result.Words}");
    }

    private static bool IsFirmwareFile(string name) => name == "config.txt" || (name.StartsWith("start", StringComparison.Ordinal) && name.EndsWith(".elf", StringComparison.Ordinal));
}
