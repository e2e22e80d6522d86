using Bramble.Storage.Journal;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

/// <content>After an interruption: every operation that was under way is finished or undone.</content>
public sealed partial class StorageService
{
    private async Task RecoverAsync()
    {
        IReadOnlyList<(string Path, Intent Intent)> interrupted = _journal.Interrupted();
        foreach (string path in Directory.EnumerateFileSystemEntries(_layout.Temporary).ToList())
        {
            await _disk.DeleteAsync(path);
            StorageLog.LeftoverRemoved(_logger, path);
        }

        foreach (string image in Directory.EnumerateDirectories(_layout.Images))
            await SweepAsync(image);
        foreach (string client in Directory.EnumerateDirectories(_layout.Clients))
        {
            await SweepAsync(client);
            if (!Directory.Exists($"{client}/{Layout.States}"))
                continue;
            foreach (string state in Directory.EnumerateDirectories($"{client}/{Layout.States}"))
                await SweepAsync(state);
        }

        foreach ((string path, Intent intent) in interrupted)
        {
            string outcome = await SettleAsync(intent);
            _disk.DeleteFile(path);
            StorageLog.Recovered(_logger, intent.ToString(), outcome);
        }
    }

    private async Task SweepAsync(string folder)
    {
        foreach (string path in await _disk.SweepAsync(folder))
            StorageLog.LeftoverRemoved(_logger, path);
    }

    /// <summary>Finishes or undoes an operation, from wherever it stopped. What is done already is not done again.</summary>
    /// <returns>What became of it, for the log.</returns>
    private async Task<string> SettleAsync(Intent intent)
    {
        if (intent is not { Operation: Operation.ChangeState, Client: { } client, KeepAs: { } keepAs })
            return Outcome(intent);
        if (_roots.Current(client) == intent.State)
        {
            Keep(client, intent.Previous, keepAs, intent);
            return "finished";
        }

        // Only what this operation made and nobody has seen. A number is not given twice while its state is there, but a look costs nothing.
        if (_roots.Find(client, intent.State) is { Snapshot: null } && _roots.Opened(client)?.State != intent.State)
            await DiscardAsync(_layout.ClientState(client, intent.State));
        return "undone";
    }

    private void Keep(string client, int state, string name, Intent intent)
    {
        if (_roots.Find(client, state) is { Snapshot: null } record)
            _roots.Write(_layout.ClientState(client, state), record with { Snapshot = name, Cause = intent.Cause, Taken = intent.Begun });
    }

    /// <summary>An operation with one visible step has taken it or not.</summary>
    private string Outcome(Intent intent)
    {
        bool isThere = intent switch
        {
            { Operation: Operation.MakeImage or Operation.RenameImage or Operation.RemoveImage, Image: { } image } => Path.Exists(_layout.Image(image)),
            { Operation: Operation.MakeRoot or Operation.RemoveRoot, Client: { } client } => Path.Exists(_layout.Client(client)),
            { Operation: Operation.TakeSnapshot or Operation.RemoveSnapshot, Client: { } client } => Path.Exists(_layout.ClientState(client, intent.State)),
            _ => false,
        };
        bool isMade = intent.Operation is Operation.MakeImage or Operation.RenameImage or Operation.MakeRoot or Operation.TakeSnapshot;
        return isThere == isMade ? "finished" : "undone";
    }
}
