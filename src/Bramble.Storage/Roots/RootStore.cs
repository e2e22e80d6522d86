using System.Globalization;
using System.Text;
using System.Text.Json;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging;

namespace Bramble.Storage.Roots;

/// <summary>The records of clients' roots: their states, which of them the next boot gets, and which is open to which address.</summary>
internal sealed class RootStore(DataDisk disk, ILogger logger)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string NoAddress = "-";

    private Layout Layout => disk.Layout;

    /// <summary>Number of the state that the client's next boot gets; null if there is none.</summary>
    internal int? Current(string client) =>
        new FileInfo(Layout.ClientCurrent(client)).LinkTarget is { } target && Layout.StateNumber(target) is { } state && target == Layout.StatePath(state) ? state : null;

    /// <summary>The state that the client's next boot gets; null if there is none or its record cannot be read.</summary>
    internal StateRecord? Find(string client) => Current(client) is { } state ? Find(client, state) : null;

    /// <summary>One state; null if there is none or its record cannot be read.</summary>
    internal StateRecord? Find(string client, int state)
    {
        string path = Layout.ClientStateRecord(client, state);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StorageJson.Default.StateRecord) is { } record ? record with { Number = state } : null;
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            StorageLog.RecordUnreadable(logger, path, e.Message);
            return null;
        }
    }

    /// <summary>All clients with a root, each with the state that its next boot gets.</summary>
    internal IEnumerable<(string Client, StateRecord Record)> List()
    {
        if (!Directory.Exists(Layout.Clients))
            yield break;
        foreach (string folder in Directory.EnumerateDirectories(Layout.Clients).Order(StringComparer.Ordinal))
        {
            string client = Path.GetFileName(folder);
            if (StorageNames.IsClient(client) && Find(client) is { } record)
                yield return (client, record);
        }
    }

    /// <summary>All states of a client, oldest first.</summary>
    internal IEnumerable<StateRecord> States(string client)
    {
        string folder = Layout.ClientStates(client);
        if (!Directory.Exists(folder))
            return [];
        return Directory.EnumerateDirectories(folder).Select(Layout.StateNumber).OfType<int>().Order().Select(state => Find(client, state)).OfType<StateRecord>();
    }

    /// <summary>A number that no state of the client has or had.</summary>
    internal int NextNumber(string client)
    {
        string folder = Layout.ClientStates(client);
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(Layout.StateNumber).OfType<int>().Append(Current(client) ?? 0).Max() + 1 : 1;
    }

    /// <summary>Writes the record into the folder of a state.</summary>
    internal void Write(string folder, StateRecord record) =>
        disk.Write($"{folder}/state.json", JsonSerializer.SerializeToUtf8Bytes(record, StorageJson.Default.StateRecord), OwnerOnly);

    /// <summary>Has the client's next boot get a state.</summary>
    internal void SetCurrent(string client, int state) => disk.Link(Layout.ClientCurrent(client), Layout.StatePath(state));

    /// <summary>What is open of a client's root; null if nothing is and nothing was.</summary>
    internal Opening? Opened(string client)
    {
        string path = Layout.ClientAddress(client);
        if (!File.Exists(path))
            return null;
        string[] words = File.ReadAllText(path).Trim().Split(' ');
        return words.Length == 2 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int state)
            ? new Opening(Linux.Net.Ipv4Address.TryParse(words[0], out _) ? words[0] : null, state)
            : null;
    }

    /// <summary>All clients with a root that is open, each with the state that is.</summary>
    internal IEnumerable<(string Client, string Address, StateRecord Record)> ListOpened()
    {
        foreach ((string client, _) in List())
        {
            if (Opened(client) is { Address: { } address } opened && Find(client, opened.State) is { } record)
                yield return (client, address, record);
        }
    }

    internal void SetOpened(string client, Opening opened)
    {
        if (Opened(client) != opened)
            disk.Write(Layout.ClientAddress(client), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{opened.Address ?? NoAddress} {opened.State}\n")), Images.ImageStore.RecordMode);
    }

    internal ClientRoot Describe(string client, StateRecord record) => new()
    {
        Client = client,
        Image = record.Image,
        Kind = record.Kind,
        State = record.Number,
        CurrentLink = Layout.ClientCurrent(client),
        BootFolder = Layout.ClientBoot(client, record.Number),
        RootFolder = record.Kind switch
        {
            RootKind.Nfs => Layout.ClientRoot(client, record.Number),
            RootKind.Overlay => Layout.ImageRoot(record.Image),
            _ => null,
        },
        NfsVersion = record.NfsVersion,
        NfsOptions = record.NfsOptions,
        BootScript = record.Kind == RootKind.Overlay ? OverlayBoot.ScriptName : record.BootScript,
        External = record.External,
        TargetName = record.TargetName,
        InitiatorName = record.InitiatorName,
        ChapUser = record.ChapUser,
        ChapSecret = record.ChapSecret,
        FilesystemUuid = record.FilesystemUuid,
    };
}
