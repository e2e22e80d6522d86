using System.Text;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Exports;
using Bramble.Storage.Roots;
using Bramble.Storage.Targets;
using Microsoft.Extensions.Logging;

namespace Bramble.Storage;

/// <summary>Opens and closes roots: drop-in, reload, and a look at what the daemon really serves. One at a time; the caller holds the lock.</summary>
internal sealed class Publisher(StorageOptions options, Layout layout, RootStore roots, IUnitReloader units, TimeProvider time, ILogger logger)
{
    private const UnixFileMode ExportsMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode TargetsMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int SerialLength = 20;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);

    private readonly TgtDaemon _tgt = new(options);

    /// <summary>Opens a client's root to an address.</summary>
    internal async Task OpenAsync(string client, RootRecord record, string address, CancellationToken cancellation)
    {
        // An address has one holder. Whoever had it before is published anew at its own next boot.
        foreach ((string other, RootRecord otherRecord) in roots.List())
        {
            if (other == client || roots.Address(other) != address)
                continue;
            roots.SetAddress(other, null);
            if (otherRecord.Kind == RootKind.Iscsi && await CanAskTgtAsync(cancellation).ConfigureAwait(false) is { } present && present.FirstOrDefault(one => one.Name == otherRecord.TargetName) is { } state)
                await _tgt.LockAsync(state, cancellation).ConfigureAwait(false);
        }

        if (roots.Address(client) != address)
            roots.SetAddress(client, address);
        await PublishExportsAsync(client, cancellation).ConfigureAwait(false);
        if (record.Kind == RootKind.Iscsi)
            await PublishTargetAsync(client, cancellation).ConfigureAwait(false);
        else
            WriteTargets();
    }

    /// <summary>Closes a client's root.</summary>
    internal async Task CloseAsync(string client, RootRecord record, CancellationToken cancellation)
    {
        if (record.Kind == RootKind.Iscsi && await CanAskTgtAsync(cancellation).ConfigureAwait(false) is { } present && present.FirstOrDefault(one => one.Name == record.TargetName) is { } state)
            await _tgt.RemoveAsync(state, cancellation).ConfigureAwait(false);
        if (roots.Address(client) is null)
            return;
        roots.SetAddress(client, null);
        if (record.Kind == RootKind.Iscsi)
            WriteTargets();
        await PublishExportsAsync(null, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes a client's disk off the air, so that it can be mounted here. The next <see cref="OpenAsync"/> brings it back.</summary>
    /// <returns>False if somebody is logged in to it.</returns>
    internal async Task<bool> TryTakeOfflineAsync(RootRecord record, CancellationToken cancellation)
    {
        if (await CanAskTgtAsync(cancellation).ConfigureAwait(false) is not { } present || present.FirstOrDefault(one => one.Name == record.TargetName) is not { } state)
            return true;
        if (state.IsInUse)
            return false;

        // A client that logs in between the look and this makes tgtd refuse: it does not delete a target in use.
        return await _tgt.TryRemoveAsync(state, cancellation).ConfigureAwait(false) is null;
    }

    private async Task<IReadOnlyList<TargetState>?> CanAskTgtAsync(CancellationToken cancellation)
    {
        try
        {
            return await _tgt.ShowAsync(cancellation).ConfigureAwait(false);
        }
        catch (StorageException)
        {
            // tgt is not installed: then nobody is served by it either.
            return null;
        }
    }

    private async Task PublishExportsAsync(string? client, CancellationToken cancellation)
    {
        List<NfsExport> exports = [];
        foreach ((string name, RootRecord record) in roots.List())
        {
            if (roots.Address(name) is not { } address)
                continue;
            exports.Add(NfsExport.Of(name, "boot", layout.ClientBoot(name), address));
            if (record.Kind == RootKind.Nfs)
                exports.Add(NfsExport.Of(name, "root", layout.ClientRoot(name), address));
        }

        bool isChanged = WriteIfChanged(options.ExportsFile, ExportsText.Write(exports), ExportsMode);
        IEnumerable<NfsExport> wanted = exports.Where(export => client is not null && export.Path.StartsWith(layout.Client(client) + "/", StringComparison.Ordinal));
        if (!isChanged && AreExported(wanted))
            return;
        if (await ReloadAsync(options.NfsUnit, options.ExportsFile, "The NFS server", cancellation).ConfigureAwait(false)
            && !await EventuallyAsync(() => Task.FromResult(AreExported(wanted)), cancellation).ConfigureAwait(false))
        {
            throw new StorageException($"The NFS server was reloaded but does not export the root of {client}: {options.ExportTableFile} does not list it. Look for the reason with \"exportfs -ra\" and in the journal of {options.NfsUnit}.");
        }
    }

    private bool AreExported(IEnumerable<NfsExport> exports)
    {
        try
        {
            string table = File.Exists(options.ExportTableFile) ? File.ReadAllText(options.ExportTableFile) : "";
            return exports.All(export => ExportsText.IsListed(table, export.Path, export.Address));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task PublishTargetAsync(string client, CancellationToken cancellation)
    {
        List<IscsiTarget> targets = WriteTargets();
        IscsiTarget target = targets.Single(one => one.Disk == layout.ClientDisk(client));
        IReadOnlyList<TargetState>? present = await _tgt.ShowAsync(cancellation).ConfigureAwait(false);
        if (present is null)
        {
            // tgtd reads the drop-in when it starts.
            if (!await ReloadAsync(options.IscsiUnit, options.TargetsFile, "The iSCSI server", cancellation).ConfigureAwait(false))
                return;
            present = await ShowEventuallyAsync(cancellation).ConfigureAwait(false);
        }

        if (!IsServed(present, target))
        {
            await _tgt.ApplyAsync(target, present, cancellation).ConfigureAwait(false);
            present = await _tgt.ShowAsync(cancellation).ConfigureAwait(false) ?? [];
        }

        if (!IsServed(present, target))
            throw new StorageException($"The iSCSI server runs but does not serve {target.Name} to {target.Address} as it should. Compare \"tgtadm --lld iscsi --mode target --op show\" with {options.TargetsFile}.");
    }

    private List<IscsiTarget> WriteTargets()
    {
        List<IscsiTarget> targets = [];
        foreach ((string name, RootRecord record) in roots.List())
        {
            if (record is { Kind: RootKind.Iscsi, TargetName: { } target, ChapUser: { } user, ChapSecret: { } secret, FilesystemUuid: { } uuid } && roots.Address(name) is { } address)
                targets.Add(new IscsiTarget(target, layout.ClientDisk(name), address, user, secret, uuid.Replace("-", "", StringComparison.Ordinal)[..SerialLength]));
        }

        WriteIfChanged(options.TargetsFile, TargetsText.Write(targets), TargetsMode);
        return targets;
    }

    private async Task<IReadOnlyList<TargetState>> ShowEventuallyAsync(CancellationToken cancellation)
    {
        IReadOnlyList<TargetState>? present = null;
        if (!await EventuallyAsync(async () => (present = await _tgt.ShowAsync(cancellation).ConfigureAwait(false)) is not null, cancellation).ConfigureAwait(false))
            throw new StorageException($"{options.IscsiUnit} was started, but tgtd does not answer tgtadm. Look into the journal of {options.IscsiUnit}.");
        return present!;
    }

    /// <summary>Exactly the disk, the account and the address: a rule more would let a stranger in.</summary>
    private static bool IsServed(IReadOnlyList<TargetState> present, IscsiTarget target) =>
        present.FirstOrDefault(one => one.Name == target.Name) is { } state
        && state.Disks is [var disk] && disk == target.Disk
        && state.Rules is [var rule] && rule == target.Address
        && state.Accounts is [var account] && account == target.User;

    /// <returns>False if there is nobody to tell.</returns>
    private async Task<bool> ReloadAsync(string unit, string file, string daemon, CancellationToken cancellation)
    {
        UnitJobResult result = await units.ReloadOrRestartAsync(unit, cancellation).ConfigureAwait(false);
        if (result.IsNotAvailable)
        {
            StorageLog.NobodyTold(logger, file, unit, result.Words);
            return false;
        }

        return result.IsDone ? true : throw new StorageException($"{daemon} did not take over {file}: the job of {unit} ended with \"{result.Result}\". {result.Words}");
    }

    private async Task<bool> EventuallyAsync(Func<Task<bool>> isTrue, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        while (!await isTrue().ConfigureAwait(false))
        {
            if (time.GetElapsedTime(start) > options.EffectTimeout)
                return false;
            await Task.Delay(s_poll, time, cancellation).ConfigureAwait(false);
        }

        return true;
    }

    private static bool WriteIfChanged(string path, string text, UnixFileMode mode)
    {
        byte[] content = Encoding.UTF8.GetBytes(text);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content) && File.GetUnixFileMode(path) == mode)
            return false;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.WriteAllBytes(path, content, mode);
        return true;
    }
}
