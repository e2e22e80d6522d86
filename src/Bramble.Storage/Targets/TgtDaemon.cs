using System.Globalization;
using System.Security.Cryptography;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;
using Bramble.Storage.Roots;

namespace Bramble.Storage.Targets;

/// <summary>
/// Changes one target of a running tgtd and leaves every other one alone. The drop-in is the truth at its next start; until then
/// <c>tgt-admin --update</c> would not do: it skips a target in use and calls that success, and it never changes a secret.
/// <para>
/// An initiator must have the right name, the right address and the right secret. tgtd's rules are alternatives: a name and an address bound to one target
/// let in whoever has either. So the name alone is bound. The address is checked by a redirection, which tgtd looks at before its rules: whoever comes from
/// another address than the one named there is sent to it, where nothing listens; whoever comes from it passes on. The secret is CHAP's.
/// </para>
/// </summary>
/// <remarks>tgtadm takes secrets as arguments only, as tgt's own tgt-admin gives them: on this machine root and other users may see one for a moment. No other client can.</remarks>
internal sealed class TgtDaemon(StorageOptions options)
{
    private const int Lun = 1;
    private const int SecretLength = 16;

    // "." is in no client's name.
    private const string DiscoveryUser = "bramble.discovery";

    // tcpmux, which no Pi serves: whoever is sent away finds nothing there.
    private const string NoPort = "1";

    /// <summary>What tgtd has; null if it does not run.</summary>
    internal async Task<IReadOnlyList<TargetState>?> ShowAsync(CancellationToken cancellation)
    {
        ProcessResult result;
        try
        {
            result = await ChildProcess.RunAsync(options.TgtAdmProgram, Arguments(["--mode", "target", "--op", "show"]), cancellation);
        }
        catch (IOException e)
        {
            throw new StorageException($"The iSCSI server cannot be asked: {e.Message} Install the package tgt.", e);
        }

        return result.Succeeded ? TargetStateText.Parse(result.Output) : null;
    }

    /// <summary>Makes a target as it should be. A client that is logged in to it stays so.</summary>
    /// <exception cref="StorageException">tgtd refused.</exception>
    internal async Task ApplyAsync(IscsiTarget target, IReadOnlyList<TargetState> present, CancellationToken cancellation)
    {
        TargetState? state = present.FirstOrDefault(one => one.Name == target.Name);
        if (state is not null && (state.Disks.Count != 1 || state.Disks[0] != target.Disk) && !state.IsInUse)
        {
            await RemoveAsync(state, cancellation);
            state = null;
        }

        if (present.All(static one => RootBuilder.IsOurs(one.Name)))
            await CloseDiscoveryAsync(cancellation);
        if (state is null)
        {
            int id = Enumerable.Range(1, int.MaxValue - 1).First(number => present.All(one => one.Id != number || one.Name == target.Name));
            // A new target lets nobody in until a rule is bound, which is therefore the last step. An account of this name may hold an older secret.
            _ = await TryAsync(["--mode", "account", "--op", "delete", "--user", target.User], cancellation);
            await DoAsync(target, ["--mode", "target", "--op", "new", "--tid", Text(id), "--targetname", target.Name], cancellation);
            await DoAsync(target, ["--mode", "logicalunit", "--op", "new", "--tid", Text(id), "--lun", Text(Lun), "--backing-store", target.Disk], cancellation);
            await DoAsync(target, ["--mode", "logicalunit", "--op", "update", "--tid", Text(id), "--lun", Text(Lun), "--params", $"scsi_id={target.Serial},scsi_sn={target.Serial}"], cancellation);
            await DoAsync(target, ["--mode", "account", "--op", "new", "--user", target.User, "--password", target.Secret], cancellation);
            await DoAsync(target, ["--mode", "account", "--op", "bind", "--tid", Text(id), "--user", target.User], cancellation);
            state = new TargetState(id, target.Name);
        }

        await RedirectAsync(target, state, cancellation);
        if (!state.Rules.Contains(target.Initiator))
            await DoAsync(target, ["--mode", "target", "--op", "bind", "--tid", Text(state.Id), "--initiator-name", target.Initiator], cancellation);
        await UnbindAsync(state, state.Rules.Where(rule => rule != target.Initiator), cancellation);
    }

    /// <summary>Whether a target has exactly the disk, the account, the name and the address: a rule more would let a stranger in.</summary>
    internal async Task<bool> IsServedAsync(IscsiTarget target, IReadOnlyList<TargetState> present, CancellationToken cancellation) =>
        present.FirstOrDefault(one => one.Name == target.Name) is { } state
        && state.Disks is [var disk] && disk == target.Disk
        && state.Rules is [var rule] && rule == target.Initiator
        && state.Accounts is [var account] && account == target.User
        && await RedirectOfAsync(state, cancellation) == target.Address;

    /// <summary>Lets nobody in any more. Who is logged in stays so.</summary>
    /// <exception cref="StorageException">tgtd refused.</exception>
    internal Task LockAsync(TargetState state, CancellationToken cancellation) => UnbindAsync(state, state.Rules, cancellation);

    /// <summary>Takes a target away with its account.</summary>
    /// <exception cref="StorageException">A client is logged in, or tgtd refused.</exception>
    internal async Task RemoveAsync(TargetState state, CancellationToken cancellation)
    {
        if (state.IsInUse)
            throw new StorageException($"The target {state.Name} is in use: shut its client down first.");
        if (await TryRemoveAsync(state, cancellation) is { } words)
            throw new StorageException($"The iSCSI server does not give up the target {state.Name}: {words}");
    }

    /// <summary>Takes a target away with its account, if tgtd lets it go.</summary>
    /// <returns>Null if it is gone, else tgtd's words.</returns>
    internal async Task<string?> TryRemoveAsync(TargetState state, CancellationToken cancellation)
    {
        ProcessResult result = await TryAsync(["--mode", "target", "--op", "delete", "--tid", Text(state.Id)], cancellation);
        if (!result.Succeeded)
            return result.Words;
        foreach (string account in state.Accounts)
            _ = await TryAsync(["--mode", "account", "--op", "delete", "--user", account], cancellation);
        return null;
    }

    /// <summary>
    /// Has tgtd ask for a secret that nobody knows before it tells an initiator which targets there are: clients know theirs. Where others serve targets by
    /// this tgtd too, their clients may have to ask.
    /// </summary>
    private async Task CloseDiscoveryAsync(CancellationToken cancellation)
    {
        // Where it is there already, tgtd refuses both. An account that is bound to no target is that of discovery sessions.
        _ = await TryAsync(["--mode", "account", "--op", "new", "--user", DiscoveryUser, "--password", RandomNumberGenerator.GetHexString(SecretLength)], cancellation);
        _ = await TryAsync(["--mode", "account", "--op", "bind", "--user", DiscoveryUser], cancellation);
    }

    private async Task<string> RedirectOfAsync(TargetState state, CancellationToken cancellation)
    {
        ProcessResult result = await TryAsync(["--mode", "target", "--op", "show", "--tid", Text(state.Id)], cancellation);
        return result.Succeeded ? TargetStateText.ParseRedirect(result.Output) : "";
    }

    private async Task RedirectAsync(IscsiTarget target, TargetState state, CancellationToken cancellation)
    {
        if (await RedirectOfAsync(state, cancellation) == target.Address)
            return;
        foreach ((string name, string value) in new[] { ("RedirectPort", NoPort), ("RedirectReason", "Temporary"), ("RedirectAddress", target.Address) })
            await DoAsync(target, ["--mode", "target", "--op", "update", "--tid", Text(state.Id), "--name", name, "--value", value], cancellation);
    }

    private async Task UnbindAsync(TargetState state, IEnumerable<string> rules, CancellationToken cancellation)
    {
        foreach (string rule in rules)
        {
            string kind = rule.StartsWith("iqn.", StringComparison.Ordinal) ? "--initiator-name" : "--initiator-address";
            ProcessResult result = await TryAsync(["--mode", "target", "--op", "unbind", "--tid", Text(state.Id), kind, rule], cancellation);
            if (!result.Succeeded)
                throw new StorageException($"The iSCSI server does not close the target {state.Name} to {rule}: {result.Words}");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private IEnumerable<string> Arguments(string[] arguments) => ["--control-port", Text(options.TgtControlPort), "--lld", "iscsi", .. arguments];

    private Task<ProcessResult> TryAsync(string[] arguments, CancellationToken cancellation) =>
        ChildProcess.RunAsync(options.TgtAdmProgram, Arguments(arguments), cancellation);

    private async Task DoAsync(IscsiTarget target, string[] arguments, CancellationToken cancellation)
    {
        ProcessResult result = await TryAsync(arguments, cancellation);
        if (!result.Succeeded)
            throw new StorageException($"The iSCSI server refuses the target {target.Name} ({arguments[1]} {arguments[3]}): {result.Words}");
    }
}
