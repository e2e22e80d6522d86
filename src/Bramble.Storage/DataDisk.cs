using Bramble.Linux.Btrfs;
using Bramble.Linux.Files;
using Bramble.Linux.Mounts;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;

namespace Bramble.Storage;

/// <summary>
/// Every change that storage makes to the data folder, one step at a time. Each step is announced before it is taken, so that a test can cut the
/// power in front of any of them.
/// </summary>
/// <param name="layout">The data folder.</param>
/// <param name="space">Its free space.</param>
/// <param name="beforeStep">Told what comes next; null outside tests.</param>
internal sealed class DataDisk(Layout layout, DiskSpace space, Action<string>? beforeStep)
{
    /// <summary>Begins the names below <c>tmp/</c> of what was in its place and was removed.</summary>
    internal const string DeadPrefix = "dead-";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Deep enough for clients/NAME/states/ID, which is where the deepest subvolumes are.
    private const int SubvolumeDepth = 3;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether trees here are subvolumes, and clones of them snapshots.</summary>
    internal bool IsInstant => BtrfsSubvolume.IsBtrfs(layout.Data);

    internal Layout Layout => layout;

    internal DiskSpace Space => space;

    /// <summary>Announces a step that is taken elsewhere.</summary>
    internal void Step(string what) => beforeStep?.Invoke(what);

    /// <summary>A free path for what is to be renamed to another inside the same tree; what is left there goes at the next start.</summary>
    internal static string Beside(string path) => $"{Path.GetDirectoryName(path)}/.{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp";

    /// <summary>Makes an empty folder below <c>tmp/</c>; whatever is in it goes at the next start at the latest.</summary>
    internal string MakeWorkFolder(string purpose)
    {
        string path = $"{layout.Temporary}/{purpose}-{Guid.NewGuid():N}";
        MakeFolder(path);
        return path;
    }

    internal void MakeFolder(string path)
    {
        Step($"make folder {path}");
        Directory.CreateDirectory(path);
    }

    /// <summary>Makes an empty tree: a subvolume where that is possible, so that a clone of it is a snapshot.</summary>
    internal void MakeTree(string path)
    {
        Step($"make tree {path}");
        if (IsInstant)
            BtrfsSubvolume.Create(path);
        else
            Directory.CreateDirectory(path);
    }

    /// <summary>
    /// Clones a tree: all of it in one moment where it is a subvolume, so that its parts agree also while somebody writes to it; else by copying
    /// (with reflinks where the filesystem has them).
    /// </summary>
    /// <param name="source">The tree.</param>
    /// <param name="target">What is to be made; must not be there.</param>
    /// <param name="parts">Names in the tree that are wanted; what else is there is left out.</param>
    /// <param name="purpose">What for, for messages: "for the root of pi-1".</param>
    /// <param name="progress">Told when it takes long.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>Whether files were copied; see <see cref="SettleAsync"/>.</returns>
    internal async Task<bool> CloneTreeAsync(string source, string target, string[] parts, string purpose, ProgressMeter progress, CancellationToken cancellation)
    {
        if (BtrfsSubvolume.IsSubvolume(source))
        {
            space.Require(0, purpose);
            Step($"snapshot {source} as {target}");
            BtrfsSubvolume.Snapshot(source, target);
            foreach (string entry in Directory.EnumerateFileSystemEntries(target).Where(entry => !parts.Contains(Path.GetFileName(entry))).ToList())
                await DeleteAsync(entry);
            return false;
        }

        long bytes = await UsedBytesAsync(parts.Select(part => $"{source}/{part}").Where(Path.Exists));
        space.Require(bytes, purpose);
        MakeTree(target);
        foreach (string part in parts.Where(part => Path.Exists($"{source}/{part}")))
            await CopyAsync($"{source}/{part}", target, purpose, progress, "Copying: the data folder's filesystem has no snapshots", bytes, cancellation);
        return true;
    }

    /// <summary>Clones a file: shared blocks where the filesystem has reflinks, else a copy that keeps its holes. Only its owner may read the clone.</summary>
    internal async Task CloneFileAsync(string source, string target, string purpose, CancellationToken cancellation)
    {
        Step($"clone {source} to {target}");
        ProcessResult result = await ChildProcess.RunAsync("cp", ["--reflink=auto", "--sparse=always", "--", source, target], cancellation);
        Check(result, purpose, $"{source} cannot be copied");
        File.SetUnixFileMode(target, OwnerOnly);
    }

    /// <summary>Copies into a folder with owners, modes, times, xattrs, hard links, devices and holes; other filesystems mounted inside are left out.</summary>
    internal async Task CopyAsync(string source, string target, string purpose, ProgressMeter? progress, string step, long total, CancellationToken cancellation)
    {
        Step($"copy {source} to {target}");
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<StorageException?> watching = WatchAsync(purpose, progress, step, total, stop);
        ProcessResult result;
        try
        {
            result = await ChildProcess.RunAsync("cp", ["-aH", "--one-file-system", "--reflink=auto", "--", source, target], stop.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw await watching ?? space.Full(purpose);
        }
        finally
        {
            await stop.CancelAsync();
        }

        Check(result, purpose, $"{source} cannot be copied");
    }

    /// <summary>Removes what <see cref="Beside"/> and interrupted records left in a folder.</summary>
    /// <returns>The paths.</returns>
    internal async Task<IReadOnlyList<string>> SweepAsync(string folder)
    {
        List<string> left = Directory.EnumerateFileSystemEntries(folder, ".*.tmp").ToList();
        foreach (string path in left)
            await DeleteAsync(path);
        return left;
    }

    /// <summary>Writes a record: the old one or the new one, never half of it.</summary>
    internal void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        Step($"write {path}");
        AtomicFile.WriteAllBytes(path, content, mode, beforeStep);
    }

    /// <summary>Makes a symbolic link, or lets it lead elsewhere, in one moment.</summary>
    internal void Link(string path, string target)
    {
        Step($"link {path} to {target}");
        AtomicFile.WriteSymlink(path, target, beforeStep);
    }

    /// <summary>Removes a file for good.</summary>
    internal void DeleteFile(string path)
    {
        Step($"delete {path}");
        File.Delete(path);
        Step($"sync after deletion of {path}");
        AtomicFile.SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Renames a file or folder into place: the moment from which on it is there.</summary>
    /// <param name="from">What is whole.</param>
    /// <param name="to">Its place; nothing is there.</param>
    internal void Move(string from, string to)
    {
        Step($"move {from} to {to}");
        AtomicFile.Rename(from, to);
        Step($"sync after move to {to}");
        string folder = Path.GetDirectoryName(to)!;
        if (IsInstant)
        {
            BtrfsSubvolume.Commit(folder);
            return;
        }

        AtomicFile.SyncFolder(folder);
        if (Path.GetDirectoryName(from) is { } old && old != folder)
            AtomicFile.SyncFolder(old);
    }

    /// <summary>Renames a file that is whole and on the disk over another in the same tree.</summary>
    internal void Replace(string from, string to)
    {
        Step($"replace {to}");
        AtomicFile.Rename(from, to);
        AtomicFile.SyncFolder(Path.GetDirectoryName(to)!);
    }

    /// <summary>Puts a whole tree in the place of another, which is removed.</summary>
    /// <param name="from">The new tree; below <c>tmp/</c>.</param>
    /// <param name="to">The old one, which is there.</param>
    /// <returns>Null, or why the space of the old one is not free yet.</returns>
    internal async Task<string?> ReplaceTreeAsync(string from, string to)
    {
        Step($"exchange {from} and {to}");
        AtomicFile.Exchange(from, to);
        Step($"sync after exchange of {to}");
        if (IsInstant)
        {
            BtrfsSubvolume.Commit(Path.GetDirectoryName(to)!);
        }
        else
        {
            AtomicFile.SyncFolder(Path.GetDirectoryName(to)!);
            AtomicFile.SyncFolder(Path.GetDirectoryName(from)!);
        }

        return await DiscardAsync(from);
    }

    /// <summary>
    /// Makes durable what is in a folder, before it is moved into place. What was made by a snapshot and by records alone needs nothing: a snapshot flushes
    /// its source, records are flushed one by one, and <see cref="Move"/> commits. So an instant operation does not wait for what all the clients are
    /// writing in this moment.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="hasCopies">Files were copied into it.</param>
    internal Task SettleAsync(string folder, bool hasCopies)
    {
        if (!hasCopies)
            return Task.CompletedTask;
        Step($"flush {folder}");
        return Task.Run(() => AtomicFile.SyncFilesystem(folder), CancellationToken.None);
    }

    /// <summary>Removes something that is in its place: gone with the rename, whose rest may take long and may be cut short.</summary>
    /// <returns>Null, or why its space is not free yet.</returns>
    internal async Task<string?> DiscardAsync(string path)
    {
        string dead = $"{layout.Temporary}/{DeadPrefix}{Guid.NewGuid():N}";
        Move(path, dead);
        try
        {
            await DeleteAsync(dead);
            return null;
        }
        catch (Exception e) when (e is IOException or StorageException)
        {
            return $"{dead}: {e.Message}";
        }
    }

    /// <summary>Removes a file or folder with all that is in it, subvolumes and what is mounted there included. Nothing outside is touched.</summary>
    internal async Task DeleteAsync(string path)
    {
        if (!Path.Exists(path) && new FileInfo(path).LinkTarget is null)
            return;
        Step($"remove {path}");
        if (!Directory.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            File.Delete(path);
            return;
        }

        MountPoint.DetachAllBelow(path);
        if (IsInstant && DeleteSubvolumes(path, SubvolumeDepth))
            return;
        if (!Directory.EnumerateFileSystemEntries(path).Any())
        {
            Directory.Delete(path);
            return;
        }

        Step($"remove the rest of {path}");
        ProcessResult result = await ChildProcess.RunAsync("rm", ["-rf", "--one-file-system", "--", path], CancellationToken.None);
        if (!result.Succeeded)
            throw new StorageException($"{path} cannot be removed: {result.Words}");
    }

    /// <summary>Throws for a program that failed.</summary>
    internal void Check(ProcessResult result, string purpose, string what)
    {
        if (result.Succeeded)
            return;
        if (result.Error.Contains("No space left on device", StringComparison.Ordinal) || result.Error.Contains("Could not allocate", StringComparison.Ordinal))
            throw space.Full(purpose);
        throw new StorageException($"{what}: {result.Words}");
    }

    /// <summary>Bytes that files and folders take on the disk.</summary>
    internal static async Task<long> UsedBytesAsync(IEnumerable<string> paths)
    {
        ProcessResult result = await ChildProcess.RunAsync("du", ["-scx", "-B1", "--", .. paths], CancellationToken.None);
        // A file that goes while it is counted makes du complain; the sum, in the last line, is good enough all the same.
        string last = result.Output.TrimEnd();
        last = last[(last.LastIndexOf('\n') + 1)..];
        return long.TryParse(last.Split('\t')[0], out long bytes) ? bytes : 0;
    }

    /// <summary>Bytes that each of some files takes on the disk, by path.</summary>
    internal static async Task<IReadOnlyDictionary<string, long>> UsedByEachAsync(IReadOnlyList<string> files)
    {
        Dictionary<string, long> used = new(StringComparer.Ordinal);
        if (files.Count == 0)
            return used;
        ProcessResult result = await ChildProcess.RunAsync("du", ["-B1", "--", .. files], CancellationToken.None);
        foreach (string line in result.Output.Split('\n'))
        {
            if (line.Split('\t', 2) is [{ } bytes, { } file] && long.TryParse(bytes, out long number))
                used[file] = number;
        }

        return used;
    }

    /// <summary>Removing a subvolume takes no time, walking it does. Below one nothing is looked for: nobody makes subvolumes in there.</summary>
    /// <returns>True if the folder itself was one and is gone.</returns>
    private bool DeleteSubvolumes(string folder, int depth)
    {
        if (BtrfsSubvolume.IsSubvolume(folder))
        {
            Step($"remove subvolume {folder}");
            BtrfsSubvolume.Delete(folder);
            return true;
        }

        if (depth > 0)
        {
            foreach (DirectoryInfo inner in new DirectoryInfo(folder).EnumerateDirectories().Where(static inner => inner.LinkTarget is null).ToList())
                DeleteSubvolumes(inner.FullName, depth - 1);
        }

        return false;
    }

    /// <summary>Shows how far the copy is by the disk's free space, and stops it before the reserve is touched.</summary>
    private async Task<StorageException?> WatchAsync(string purpose, ProgressMeter? progress, string step, long total, CancellationTokenSource stop)
    {
        long before = space.Free;
        while (!stop.IsCancellationRequested)
        {
            progress?.Report(step, Math.Clamp(before - space.Free, 0, total), total);
            try
            {
                space.Require(0, purpose);
            }
            catch (StorageException e)
            {
                await stop.CancelAsync();
                return e;
            }

            await Task.Delay(s_poll, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }
}
