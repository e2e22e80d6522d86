using System.Globalization;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Storage.Roots;

/// <summary>Takes over from one root to another what makes a machine the one that it is, and what its people keep on it.</summary>
internal static class CarryOver
{
    private const string HostKeys = "etc/ssh";
    private const string MachineId = "etc/machine-id";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Copies.</summary>
    /// <param name="disk">The data folder.</param>
    /// <param name="from">The root that was; its client may have put any link anywhere.</param>
    /// <param name="to">The root that is being made.</param>
    /// <param name="paths">Relative paths of files and folders; those that are not there are passed over.</param>
    /// <param name="purpose">What for, for messages.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops.</param>
    internal static async Task RunAsync(DataDisk disk, ForeignTree from, ForeignTree to, IEnumerable<string> paths, string purpose, ProgressMeter progress, CancellationToken cancellation)
    {
        KeepIdentity(from, to);
        foreach (string path in paths)
        {
            // Both ends are found before, inside their trees, and reached by their numbers: no link that is put in the way leads anywhere else.
            using SafeFileHandle? source = from.Find(path);
            if (source is null)
                continue;
            bool isFolder = Directory.Exists(Number(source) + "/.");
            string parent = Path.GetDirectoryName(path) ?? "";
            using SafeFileHandle target = to.MakeFolder(isFolder ? path : parent.Length > 0 ? parent : ".");
            long bytes = await DataDisk.UsedBytesAsync([Number(source) + (isFolder ? "/." : "")]);
            disk.Space.Require(bytes, purpose);
            await disk.CopyAsync(
                isFolder ? $"{Number(source)}/." : Number(source), isFolder ? Number(target) + "/" : $"{Number(target)}/{Path.GetFileName(path)}", purpose, progress, $"Carrying /{path} over", bytes, cancellation);
        }
    }

    private static void KeepIdentity(ForeignTree from, ForeignTree to)
    {
        if (from.ReadFile(MachineId) is { Length: > 0 } id)
            to.WriteFile(MachineId, id);
        foreach (string name in from.List(HostKeys).Where(static name => name.StartsWith("ssh_host_", StringComparison.Ordinal)))
        {
            if (from.Kind($"{HostKeys}/{name}") == FileKind.Regular && from.ReadFile($"{HostKeys}/{name}") is { } key)
                to.WriteFile($"{HostKeys}/{name}", key, name.EndsWith(".pub", StringComparison.Ordinal) ? null : OwnerOnly);
        }
    }

    private static string Number(SafeFileHandle handle) => string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{handle.DangerousGetHandle()}");
}
