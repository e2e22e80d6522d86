using Bramble.Storage.Contract;
using Bramble.Storage.Exports;
using Bramble.Storage.Roots;
using Bramble.Storage.Targets;

namespace Bramble.Storage;

/// <content>Compares what is served with what is to be.</content>
internal sealed partial class Publisher
{
    private const string ExportCode = "export";
    private const string TargetCode = "target";

    /// <summary>Lists what is missing and what is too much in both servers, and mends it.</summary>
    internal async Task<IReadOnlyList<StorageFinding>> ExamineAsync(bool mend, CancellationToken cancellation) =>
    [
        .. await ExamineAsync(() => Task.FromResult(ExportFaults()), MendExportsAsync, mend, cancellation).ConfigureAwait(false),
        .. await ExamineAsync(() => TargetFaultsAsync(cancellation), MendTargetsAsync, mend, cancellation).ConfigureAwait(false),
    ];

    private async Task<IReadOnlyList<StorageFinding>> ExamineAsync(Func<Task<List<StorageFinding>>> look, Func<CancellationToken, Task> mendAll, bool mend, CancellationToken cancellation)
    {
        List<StorageFinding> found = await look().ConfigureAwait(false);
        if (!mend || found.Count == 0)
            return found;
        string? words = null;
        try
        {
            await mendAll(cancellation).ConfigureAwait(false);
            await EventuallyAsync(async () => (await look().ConfigureAwait(false)).Count == 0, cancellation).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            words = e.Message;
        }

        HashSet<string> left = [.. (await look().ConfigureAwait(false)).Select(static one => one.Subject)];
        return [.. found.Select(one => !left.Contains(one.Subject) ? one with { IsMended = true } : words is null ? one : one with { Remedy = words })];
    }

    private List<StorageFinding> ExportFaults()
    {
        const string Remedy = "The file is written anew and the NFS server reloaded.";
        List<StorageFinding> found = [];
        List<NfsExport> exports = ListExports();
        if ((exports.Count > 0 || File.Exists(options.ExportsFile)) && !IsWritten(options.ExportsFile, ExportsText.Write(exports), ExportsMode))
            found.Add(Fault(ExportCode, options.ExportsFile, "It does not say what is to be exported.", Remedy));
        List<(string Path, string Address)> listed = [.. ExportsText.List(ReadExportTable())];
        foreach (NfsExport export in exports.Where(export => !listed.Contains((export.Path, export.Address))))
            found.Add(Fault(ExportCode, $"{export.Path} for {export.Address}", $"{export.Client} is to have it, and the NFS server does not export it.", Remedy));
        foreach ((string path, string address) in listed.Where(one => one.Path.StartsWith(layout.Data + "/", StringComparison.Ordinal) && !exports.Exists(export => (export.Path, export.Address) == one)))
            found.Add(Fault(ExportCode, $"{path} for {address}", "The NFS server exports it, and no client is to have it.", Remedy));
        return found;
    }

    private async Task MendExportsAsync(CancellationToken cancellation)
    {
        WriteIfChanged(options.ExportsFile, ExportsText.Write(ListExports()), ExportsMode);
        await ReloadAsync(options.NfsUnit, options.ExportsFile, "The NFS server", cancellation).ConfigureAwait(false);
    }

    private async Task<List<StorageFinding>> TargetFaultsAsync(CancellationToken cancellation)
    {
        const string Remedy = "The iSCSI server is told what is missing; sessions that are open stay so.";
        List<StorageFinding> found = [];
        List<IscsiTarget> targets = ListTargets();
        if ((targets.Count > 0 || File.Exists(options.TargetsFile)) && !IsWritten(options.TargetsFile, TargetsText.Write(targets), TargetsMode))
            found.Add(Fault(TargetCode, options.TargetsFile, "It does not say what is to be served.", "The file is written anew."));
        IReadOnlyList<TargetState>? present = await CanAskTgtAsync(cancellation).ConfigureAwait(false);
        if (present is null && targets.Count > 0)
            found.Add(Fault(TargetCode, options.IscsiUnit, "The iSCSI server does not run, and there are disks to be served.", "It is started."));
        foreach (IscsiTarget target in targets)
        {
            if (present is not null && !await _tgt.IsServedAsync(target, present, cancellation).ConfigureAwait(false))
                found.Add(Fault(TargetCode, target.Name, $"The iSCSI server does not serve it to {target.Initiator} at {target.Address} alone, as it should.", Remedy));
        }

        foreach (TargetState state in present ?? [])
        {
            // One that is locked is the disk that a client ran on before its last boot: its old session ended too late, and it goes at the next one.
            if (IsTooMuch(state, targets) && state.Rules.Count > 0)
                found.Add(Fault(TargetCode, state.Name, "The iSCSI server has it, and no client is to have it.", "It is taken away; while somebody is logged in to it, it is closed to others."));
        }

        return found;
    }

    private async Task MendTargetsAsync(CancellationToken cancellation)
    {
        List<IscsiTarget> targets = WriteTargets();
        foreach ((string client, _, StateRecord record) in roots.ListOpened().Where(static one => one.Record.Kind == RootKind.Iscsi).ToList())
            await PublishTargetAsync(client, record, cancellation).ConfigureAwait(false);
        foreach (TargetState state in (await CanAskTgtAsync(cancellation).ConfigureAwait(false) ?? []).Where(state => IsTooMuch(state, targets)))
        {
            if (state.IsInUse || await _tgt.TryRemoveAsync(state, cancellation).ConfigureAwait(false) is not null)
                await _tgt.LockAsync(state, cancellation).ConfigureAwait(false);
        }
    }

    private static bool IsTooMuch(TargetState state, List<IscsiTarget> targets) => RootBuilder.IsOurs(state.Name) && !targets.Exists(target => target.Name == state.Name);

    private static StorageFinding Fault(string code, string subject, string seen, string remedy) => new() { Code = code, Subject = subject, Seen = seen, Remedy = remedy, IsMendable = true };
}
