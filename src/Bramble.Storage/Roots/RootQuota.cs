using System.Globalization;
using Bramble.Linux.Btrfs;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Roots;

/// <summary>Bytes that a root may take at most: a qgroup of btrfs. A disk has its own size, and needs none.</summary>
internal sealed class RootQuota(DataDisk disk, long bytes)
{
    private bool _isEnabled;

    /// <summary>Limits a state that is being made.</summary>
    /// <exception cref="StorageException">The disk has no quotas, or btrfs refuses.</exception>
    internal async Task LimitAsync(StateRecord record, string folder, CancellationToken cancellation)
    {
        if (bytes == 0 || record.Kind != RootKind.Nfs)
            return;
        if (!BtrfsSubvolume.IsSubvolume(folder))
            throw new StorageException($"root-quota in [storage] of bramble.conf needs the data folder {disk.Layout.Data} to be on btrfs. Take it out, or move the data folder.");
        if (!_isEnabled)
            await RunAsync(["quota", "enable", disk.Layout.Data], cancellation);
        _isEnabled = true;
        await RunAsync(["qgroup", "limit", bytes.ToString(CultureInfo.InvariantCulture), folder], cancellation);
    }

    private async Task RunAsync(string[] arguments, CancellationToken cancellation)
    {
        disk.Step($"btrfs {string.Join(' ', arguments)}");
        ProcessResult result = await ChildProcess.RunAsync("btrfs", arguments, cancellation);
        disk.Check(result, "for a quota", "The root's quota cannot be set (root-quota in [storage] of bramble.conf)");
    }
}
