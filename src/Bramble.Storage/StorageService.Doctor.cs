using System.Globalization;
using Bramble.Storage.Contract;
using Bramble.Storage.Images;
using Bramble.Storage.Journal;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

/// <content>Looks for what no operation leaves behind: hands in the data folder, lost files, servers that do not serve.</content>
public sealed partial class StorageService
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<StorageFinding>> ExamineAsync(bool mend, IReadOnlyList<string>? clients, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        List<StorageFinding> found = [.. await ExamineLeftoversAsync(mend)];
        foreach (string folder in Directory.EnumerateFileSystemEntries(_layout.Images).Order(StringComparer.Ordinal).ToList())
        {
            cancellation.ThrowIfCancellationRequested();
            string image = Path.GetFileName(folder);
            if (!StorageNames.IsImage(image) || !Directory.Exists(folder))
            {
                found.Add(Foreign(folder, "image"));
                continue;
            }

            using IDisposable held = await _locks.TakeAsync(TreeOf(image), cancellation);
            if (Directory.Exists(folder))
                found.AddRange(ImageCheck.Look(_layout, _images.Find(image), image).Select(wrong => Hopeless("incomplete", folder, wrong, $"See what 'bramble image check {image}' says; remove the image and import it again.")));
        }

        foreach (string folder in Directory.EnumerateFileSystemEntries(_layout.Clients).Order(StringComparer.Ordinal).ToList())
        {
            cancellation.ThrowIfCancellationRequested();
            string client = Path.GetFileName(folder);
            if (!StorageNames.IsClient(client) || !Directory.Exists(folder))
            {
                found.Add(Foreign(folder, "client"));
                continue;
            }

            using IDisposable held = await HoldClientAsync(client, cancellation);
            if (!Directory.Exists(folder))
                continue;
            if (clients?.Contains(client) == false)
                found.Add(Hopeless("orphan", folder, "The fleet has no client of this name.", $"Add the client again (bramble client add {client}), or remove what it had: bramble client remove {client}"));
            found.AddRange(await ExamineClientAsync(client, mend, cancellation));
        }

        using IDisposable publishing = await _locks.TakeAsync("publish", cancellation);
        found.AddRange(await _publisher.ExamineAsync(mend, cancellation));
        foreach (StorageFinding finding in found)
            StorageLog.Found(_logger, finding.Subject, finding.Seen, finding.IsMended ? "mended" : "not mended");
        return found;
    }

    /// <summary>What was to be removed and could not be, such as a tree that somebody had mounted. What runs now works below other names.</summary>
    private async Task<List<StorageFinding>> ExamineLeftoversAsync(bool mend)
    {
        List<StorageFinding> found = [];
        foreach (string path in Directory.EnumerateFileSystemEntries(_layout.Temporary, DataDisk.DeadPrefix + "*").ToList())
        {
            StorageFinding finding = Mendable("leftover", path, "It was removed, and its space is not free yet.", "It is removed for good.");
            found.Add(await MendAsync(finding, mend, () => _disk.DeleteAsync(path)));
        }

        return found;
    }

    private async Task<List<StorageFinding>> ExamineClientAsync(string client, bool mend, CancellationToken cancellation)
    {
        List<StorageFinding> found = [];
        string statesFolder = _layout.ClientStates(client);
        if (Directory.Exists(statesFolder))
        {
            foreach (string folder in Directory.EnumerateFileSystemEntries(statesFolder).Order(StringComparer.Ordinal))
            {
                if (Layout.StateNumber(folder) is not { } number || !Directory.Exists(folder))
                    found.Add(Foreign(folder, "state"));
                else if (_roots.Find(client, number) is null)
                    found.Add(Hopeless("unreadable", folder, "Its state.json is not there or cannot be read.", "Move the folder away."));
                else if (Missing(folder, _roots.Find(client, number)!) is { Length: > 0 } missing)
                    found.Add(Hopeless("incomplete", folder, $"{missing} is not there.", number == _roots.Current(client) ? $"Go back to a snapshot, or to the image: bramble client reset {client}" : "Remove the snapshot."));
            }
        }

        StateRecord? current = _roots.Find(client);
        if (current is null)
            found.Add(await ExamineCurrentAsync(client, mend, cancellation));
        else if (_images.Find(current.Image) is null)
            found.Add(Hopeless("dangling", _layout.Client(client), $"Its image {current.Image} is not there.", $"It boots, but cannot be reset. Import the image under that name again, or make one of this client: bramble image promote {client} NAME"));

        // Opened or current or a snapshot: every state is at least one of these. As long as none is current, any may be the one that was.
        Opening? opened = _roots.Opened(client);
        foreach (StateRecord state in _roots.States(client).Where(state => current is not null && state.Snapshot is null && state.Number != current.Number && state.Number != opened?.State).ToList())
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"found-{state.Number}");
            StorageFinding finding = Mendable("orphan", _layout.ClientState(client, state.Number), "No boot gets it, and it is no snapshot.", $"It becomes the snapshot {name}.");
            found.Add(await MendAsync(finding, mend, () =>
            {
                _roots.Write(_layout.ClientState(client, state.Number), state with { Snapshot = name, Cause = SnapshotCause.Found, Taken = state.Created });
                return Task.CompletedTask;
            }));
        }

        if (File.Exists(_layout.ClientAddress(client)) && (opened is null || _roots.Find(client, opened.State) is null))
        {
            StorageFinding finding = Mendable("dangling", _layout.ClientAddress(client), "It names a state that is not there as open.", "It is removed; the root is opened at the next boot.");
            found.Add(await MendAsync(finding, mend, () =>
            {
                _disk.DeleteFile(_layout.ClientAddress(client));
                return Task.CompletedTask;
            }));
        }

        return found;
    }

    /// <summary>A client whose next boot gets nothing: it gets the newest that there is, a snapshot only as a clone.</summary>
    private async Task<StorageFinding> ExamineCurrentAsync(string client, bool mend, CancellationToken cancellation)
    {
        string link = _layout.ClientCurrent(client);
        const string Seen = "It leads to no state that can be read: the client's next boot gets nothing.";
        StateRecord? newest = _roots.States(client).Where(state => Missing(_layout.ClientState(client, state.Number), state).Length == 0).OrderBy(static state => state.Snapshot is null).LastOrDefault();
        if (newest is null)
            return Hopeless("dangling", link, Seen, $"There is no state that it could get. Move {_layout.Client(client)} away: the next boot makes a new root from the image.");
        return await MendAsync(
            Mendable("dangling", link, Seen, newest.Snapshot is null ? $"It gets state {newest.Number}." : $"It gets a clone of the snapshot {newest.Snapshot}."),
            mend,
            async () =>
            {
                int number = newest.Number;
                if (newest.Snapshot is not null)
                {
                    number = _roots.NextNumber(client);
                    string purpose = $"to mend {client}";
                    await _journal.RunAsync(Intent(Operation.TakeSnapshot) with { Client = client, State = number }, () => _builder.AddStateAsync(
                        client,
                        number,
                        folder => RestoreAsync(client, number, newest, folder, purpose, null, cancellation),
                        purpose,
                        cancellation));
                }

                _roots.SetCurrent(client, number);
            });
    }

    /// <summary>Names of the parts of a state that are not there.</summary>
    private static string Missing(string folder, StateRecord record) => string.Join(", ", record.Parts.Where(part => !Path.Exists($"{folder}/{part}")));

    private static async Task<StorageFinding> MendAsync(StorageFinding finding, bool mend, Func<Task> work)
    {
        if (!mend)
            return finding;
        try
        {
            await work();
            return finding with { IsMended = true };
        }
        catch (Exception e) when (e is StorageException or IOException or UnauthorizedAccessException)
        {
            return finding with { Remedy = e.Message };
        }
    }

    private static StorageFinding Foreign(string path, string kind) => Hopeless("foreign", path, $"It is no {kind} of Bramble's.", "Move it away.");

    private static StorageFinding Mendable(string code, string subject, string seen, string remedy) => new() { Code = code, Subject = subject, Seen = seen, Remedy = remedy, IsMendable = true };

    private static StorageFinding Hopeless(string code, string subject, string seen, string remedy) => new() { Code = code, Subject = subject, Seen = seen, Remedy = remedy };
}
