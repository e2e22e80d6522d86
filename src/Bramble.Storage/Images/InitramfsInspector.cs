using Bramble.Linux.Processes;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Images;

/// <summary>Finds out what each initramfs of a boot tree can mount, by the names of the programs in it.</summary>
internal static class InitramfsInspector
{
    private const long MaximumBytes = 2L << 30;

    /// <summary>What could not be read is no reason to refuse NFS: nearly every initramfs can do it.</summary>
    internal static bool CanNfs(IReadOnlyList<InitramfsInfo> initramfs) => initramfs.All(static one => one.CanNfs || one.Problem is not null);

    /// <summary>iSCSI must have been put in on purpose.</summary>
    internal static bool CanIscsi(IReadOnlyList<InitramfsInfo> initramfs) => initramfs.Count > 0 && initramfs.All(static one => one.CanIscsi);

    /// <summary>Looks into every initramfs of a boot tree, in order of name.</summary>
    /// <param name="bootFolder">The boot tree.</param>
    /// <param name="modules">What the kernels of the root tree can.</param>
    /// <param name="origin">An image that the tree was once cloned from: what is still the same file is known already. Null for none.</param>
    /// <param name="cancellation">Stops.</param>
    internal static async Task<IReadOnlyList<InitramfsInfo>> InspectAsync(string bootFolder, KernelModules modules, ImageInfo? origin, CancellationToken cancellation)
    {
        List<InitramfsInfo> found = [];
        foreach (string file in Directory.EnumerateFiles(bootFolder).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(file);
            if (!InitramfsFile.IsNamedSo(name))
                continue;
            if (origin?.Initramfs.FirstOrDefault(one => one.File == name) is { } known && IsSame(file, $"{origin.BootFolder}/{name}"))
                found.Add(known);
            else
                found.Add(await InspectFileAsync(file, name, modules, cancellation));
        }

        return found;
    }

    /// <summary>Whether a file is one that was looked at before, by its size and time.</summary>
    internal static bool IsSame(string file, string other)
    {
        FileInfo one = new(file);
        FileInfo two = new(other);
        return two.Exists && one.Length == two.Length && one.LastWriteTimeUtc == two.LastWriteTimeUtc;
    }

    private static async Task<InitramfsInfo> InspectFileAsync(string file, string name, KernelModules modules, CancellationToken cancellation)
    {
        Content content = new();
        try
        {
            await using FileStream stream = File.OpenRead(file);
            CpioNames plain = new(stream, content.Take);
            await plain.ReadAsync(cancellation);
            if (plain.Rest.Length > 0)
            {
                if (Magic.Of(plain.Rest) is not (ImageCompression.Xz or ImageCompression.Zstd or ImageCompression.Gzip))
                    return content.Describe(name, modules, "it is packed in a way that is not known here");

                // The programs unpack every part of their own kind to the end of the file; what follows in another kind is not looked at.
                await UnpackAsync(stream, plain.RestOffset, Magic.Of(plain.Rest), content.Take, cancellation);
            }

            return content.Describe(name, modules, plain.Count == 0 && plain.Rest.Length == 0 ? "it is empty" : null);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return content.Describe(name, modules, e.Message);
        }
    }

    private static async Task UnpackAsync(FileStream stream, long offset, ImageCompression compression, Action<string> onName, CancellationToken cancellation)
    {
        CpioNames? names = null;
        stream.Position = offset;
        ProcessResult result = await PackedPart.ReadAsync(stream, compression, MaximumBytes, (unpacked, token) => (names = new CpioNames(unpacked, onName)).ReadAsync(token), cancellation);
        if (names is null or { Count: 0 })
            throw new InvalidDataException(result.Succeeded ? "there is no cpio archive in it" : result.Words);
    }

    /// <summary>What the names in an initramfs tell.</summary>
    private sealed class Content
    {
        private const string ModuleFolder = "lib/modules/";

        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
        private string? _kernel;

        internal void Take(string path)
        {
            ReadOnlySpan<char> file = Path.GetFileName(path.AsSpan());
            if (file is "nfsmount" or "mount.nfs" or "mount.nfs4" or "iscsistart")
                _seen.Add(file.ToString());
            else if (file.StartsWith("overlay.ko") || file.StartsWith("nfsv4.ko"))
                _seen.Add(file[..file.IndexOf('.')].ToString());
            else if (path.EndsWith("scripts/nfs", StringComparison.Ordinal))
                _seen.Add("scripts/nfs");
            if (_kernel is null && path.IndexOf(ModuleFolder, StringComparison.Ordinal) is >= 0 and var at && path[(at + ModuleFolder.Length)..].Split('/')[0] is { Length: > 0 } kernel)
                _kernel = kernel;
        }

        internal InitramfsInfo Describe(string file, KernelModules modules, string? problem)
        {
            bool hasKlibc = _seen.Contains("nfsmount");
            bool hasUtils = _seen.Contains("mount.nfs") || _seen.Contains("mount.nfs4");
            bool hasModule = _seen.Contains("nfsv4") || modules.IsBuiltIn(_kernel, "nfsv4");
            bool hasScript = hasKlibc && _seen.Contains("scripts/nfs");
            return new InitramfsInfo(file, hasKlibc || hasUtils, _seen.Contains("iscsistart"), problem)
            {
                Kernel = _kernel,
                CanNfs41 = hasUtils && !hasKlibc && hasModule,
                CanBeGivenNfs41 = hasScript && hasModule,

                // The module may come from the root, which is there by then; of a root without a list of modules nothing is known.
                CanOverlay = hasScript && (_seen.Contains("overlay") || !modules.Kernels.Any() || modules.Has(_kernel, "overlay")),
            };
        }
    }
}
