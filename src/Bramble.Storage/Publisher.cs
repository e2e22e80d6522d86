using System.Text;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Exports;
using Bramble.Storage.Roots;
using Bramble.Storage.Targets;
using Microsoft.Extensions.Logging;

namespace Bramble.Storage;

/// <summary>Opens and closes roots: drop-in, reload, and a look at what the daemon really serves. One at a time; the caller holds the lock.</summary>
internal sealed partial class Publisher(StorageOptions options, Layout layout, RootStore roots, IUnitReloader units, TimeProvider time, ILogger logger)
{
    private const UnixFileMode ExportsMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode TargetsMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int SerialLength = 20;
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);

    private readonly TgtDaemon _tgt = new(options);

    /// <summary>Opens a state of a client's root to an address.</summary>
    /// <returns>The clients that had the address before: their roots are closed.</returns>
    internal async Task<IReadOnlyList<string>> OpenAsync(string client, StateRecord record, string address, CancellationToken cancellation)
    {
        // An address has one holder. The root of another client that had it before is opened again when that client next boots.
        List<string> closed = [];
        foreach ((string other, string otherAddress, StateRecord otherRecord) in roots.ListOpened().ToList())
        {
            if (other == client || otherAddress != address)
                continue;
            // First: if tgtd fails, the next try comes here again.
            if (otherRecord.Kind == RootKind.Iscsi && await CanAskTgtAsync(cancellation).ConfigureAwait(false) is { } present && present.FirstOrDefault(one => one.Name == otherRecord.TargetName) is { } state)
                await _tgt.LockAsync(state, cancellation).ConfigureAwait(false);
            roots.SetOpened(other, new Opening(null, otherRecord.Number));
            closed.Add(other);
        }

        roots.SetOpened(client, new Opening(address, record.Number));
        await PublishExportsAsync(client, cancellation).ConfigureAwait(false);
        if (record.Kind == RootKind.Iscsi)
            await PublishTargetAsync(client, record, cancellation).ConfigureAwait(false);
        else
            WriteTargets();
        return closed;
    }

    /// <summary>Closes a client's root.</summary>
    internal async Task CloseAsync(string client, StateRecord record, CancellationToken cancellation)
    {
        if (record.Kind == RootKind.Iscsi)
        {
            foreach (TargetState state in await TargetsOfAsync(client, cancellation).ConfigureAwait(false))
                await _tgt.RemoveAsync(state, cancellation).ConfigureAwait(false);
        }

        if (roots.Opened(client) is not { Address: not null } opened)
            return;
        roots.SetOpened(client, opened with { Address = null });
        if (record.Kind == RootKind.Iscsi)
            WriteTargets();
        await PublishExportsAsync(null, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes a client's disk off the air, so that it can be mounted here. The next <see cref="OpenAsync"/> brings it back.</summary>
    /// <returns>False if somebody is logged in to it.</returns>
    internal async Task<bool> TryTakeOfflineAsync(StateRecord record, CancellationToken cancellation)
    {
        if (await CanAskTgtAsync(cancellation).ConfigureAwait(false) is not { } present || present.FirstOrDefault(one => one.Name == record.TargetName) is not { } state)
            return true;
        if (state.IsInUse)
            return false;

        // A client that logs in between the look and this makes tgtd refuse: it does not delete a target in use.
        return await _tgt.TryRemoveAsync(state, cancellation).ConfigureAwait(false) is null;
    }

    /// <summary>Whether somebody is logged in to the disk of a state.</summary>
    internal async Task<bool> IsInUseAsync(StateRecord record, CancellationToken cancellation) =>
        record.Kind == RootKind.Iscsi && await CanAskTgtAsync(cancellation).ConfigureAwait(false) is { } present
        && present.FirstOrDefault(one => one.Name == record.TargetName) is { IsInUse: true };

    private async Task<IEnumerable<TargetState>> TargetsOfAsync(string client, CancellationToken cancellation) =>
        (await CanAskTgtAsync(cancellation).ConfigureAwait(false) ?? []).Where(one => RootBuilder.IsTargetOf(one.Name, client)).ToList();

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

    /// <summary>What is to be exported: boot folder and root of every state that is open, and the images that are somebody's root.</summary>
    private List<NfsExport> ListExports()
    {
        List<NfsExport> exports = [];
        foreach ((string name, string address, StateRecord record) in roots.ListOpened())
        {
            // With an overlay nothing of the system is kept, and so neither is what it writes into its boot folder.
            if (record.Kind == RootKind.Overlay)
                exports.Add(NfsExport.OfImage(name, record.Image, layout.ImageRoot(record.Image), address));
            else
                exports.Add(NfsExport.Of(name, Layout.Boot, record.Number, layout.ClientBoot(name, record.Number), address));
            if (record.Kind == RootKind.Nfs)
                exports.Add(NfsExport.Of(name, Layout.Root, record.Number, layout.ClientRoot(name, record.Number), address));
        }

        return exports;
    }

    private async Task PublishExportsAsync(string? client, CancellationToken cancellation)
    {
        List<NfsExport> exports = ListExports();
        bool isChanged = WriteIfChanged(options.ExportsFile, ExportsText.Write(exports), ExportsMode);
        List<NfsExport> wanted = exports.FindAll(export => export.Client == client);
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
        string table = ReadExportTable();
        return exports.All(export => ExportsText.IsListed(table, export.Path, export.Address));
    }

    private string ReadExportTable()
    {
        try
        {
            return File.Exists(options.ExportTableFile) ? File.ReadAllText(options.ExportTableFile) : "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private async Task PublishTargetAsync(string client, StateRecord record, CancellationToken cancellation)
    {
        List<IscsiTarget> targets = WriteTargets();
        IscsiTarget target = targets.Single(one => one.Name == record.TargetName);
        IReadOnlyList<TargetState>? present = await _tgt.ShowAsync(cancellation).ConfigureAwait(false);
        if (present is null)
        {
            // tgtd reads the drop-in when it starts.
            if (!await ReloadAsync(options.IscsiUnit, options.TargetsFile, "The iSCSI server", cancellation).ConfigureAwait(false))
                return;
            present = await ShowEventuallyAsync(cancellation).ConfigureAwait(false);
        }

        if (!await _tgt.IsServedAsync(target, present, cancellation).ConfigureAwait(false))
        {
            await _tgt.ApplyAsync(target, present, cancellation).ConfigureAwait(false);
            present = await _tgt.ShowAsync(cancellation).ConfigureAwait(false) ?? [];
        }

        if (!await _tgt.IsServedAsync(target, present, cancellation).ConfigureAwait(false))
            throw new StorageException($"The iSCSI server runs but does not serve {target.Name} to {target.Address} as it should. Compare \"tgtadm --lld iscsi --mode target --op show\" with {options.TargetsFile}.");

        // The disks of older states: nobody logs in to them any more. One whose session has not ended yet goes at the next boot.
        foreach (TargetState old in present.Where(one => one.Name != target.Name && RootBuilder.IsTargetOf(one.Name, client)))
        {
            if (old.IsInUse || await _tgt.TryRemoveAsync(old, cancellation).ConfigureAwait(false) is not null)
                await _tgt.LockAsync(old, cancellation).ConfigureAwait(false);
        }
    }

    private List<IscsiTarget> WriteTargets()
    {
        List<IscsiTarget> targets = ListTargets();
        WriteIfChanged(options.TargetsFile, TargetsText.Write(targets), TargetsMode);
        return targets;
    }

    /// <summary>What is to be served: the disk of every state that is open.</summary>
    private List<IscsiTarget> ListTargets()
    {
        List<IscsiTarget> targets = [];
        foreach ((string name, string address, StateRecord record) in roots.ListOpened())
        {
            if (record is { Kind: RootKind.Iscsi, TargetName: { } target, InitiatorName: { } initiator, ChapUser: { } user, ChapSecret: { } secret, FilesystemUuid: { } uuid })
                targets.Add(new IscsiTarget(target, layout.ClientDisk(name, record.Number), initiator, address, user, secret, uuid.Replace("-", "", StringComparison.Ordinal)[..SerialLength]));
        }

        return targets;
    }

    private async Task<IReadOnlyList<TargetState>> ShowEventuallyAsync(CancellationToken cancellation)
    {
        IReadOnlyList<TargetState>? present = null;
        if (!await EventuallyAsync(async () => (present = await _tgt.ShowAsync(cancellation).ConfigureAwait(false)) is not null, cancellation).ConfigureAwait(false))
            throw new StorageException($"{options.IscsiUnit} was started, but tgtd does not answer tgtadm. Look into the journal of {options.IscsiUnit}.");
        return present!;
    }

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
        if (IsWritten(path, text, mode))
            return false;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.WriteAllBytes(path, Encoding.UTF8.GetBytes(text), mode);
        return true;
    }

    private static bool IsWritten(string path, string text, UnixFileMode mode) =>
        File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(text)) && File.GetUnixFileMode(path) == mode;
}
