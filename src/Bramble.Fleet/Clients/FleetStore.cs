using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bramble.Fleet.Rollouts;
using Bramble.Fleet.Timeline;
using Bramble.Linux.Files;
using Microsoft.Extensions.Logging;

namespace Bramble.Fleet.Clients;

/// <summary>
/// The state folder: one readable JSON file a client (<c>clients/NAME.json</c>), a board (<c>boards/SERIAL.json</c> or MAC),
/// a prepared root (<c>roots/NAME.json</c>) and a history (<c>history/SERIAL.json</c>), and the last rollout (<c>rollout.json</c>). Files hold secrets and are readable by their owner only.
/// A damaged file is renamed to <c>.bad</c> with a warning and never keeps the server from starting.
/// </summary>
internal sealed partial class FleetStore
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;
    private const int MaxFileBytes = 4 << 20;

    private const string RolloutName = "rollout";

    private readonly string _folder;
    private readonly string _clients;
    private readonly string _boards;
    private readonly string _roots;
    private readonly string _history;
    private readonly ILogger _logger;

    public FleetStore(string folder, ILogger logger)
    {
        _logger = logger;
        _folder = folder;
        _clients = Path.Combine(folder, "clients");
        _boards = Path.Combine(folder, "boards");
        _roots = Path.Combine(folder, "roots");
        _history = Path.Combine(folder, "history");
    }

    /// <summary>Makes the folders.</summary>
    public void Create()
    {
        foreach (string folder in (ReadOnlySpan<string>)[_clients, _boards, _roots, _history])
        {
            Directory.CreateDirectory(folder, FolderMode);
        }
    }

    public List<Client> LoadClients() => Load(_clients, StoreJson.Default.Client, static c => ClientName.IsValid(c.Name) ? c.Name : null, static c => c.Version);

    public List<Board> LoadBoards() => Load(_boards, StoreJson.Default.Board, static b => b.Ref.FileName, static b => b.Version);

    public List<PreparedRoot> LoadRoots() => Load(_roots, StoreJson.Default.PreparedRoot, static r => r.Request.Client, static r => r.Version);

    public List<BoardBoots> LoadHistories() => Load(_history, StoreJson.Default.BoardBoots, static h => h.Board.FileName, static h => h.Version);

    /// <summary>The last rollout; null for none, or for a damaged file, which is put aside.</summary>
    public Rollout? LoadRollout() => Load(_folder, RolloutJson.Default.Rollout, static _ => RolloutName, static r => r.Version, RolloutName + ".json").FirstOrDefault();

    public void Save(Rollout rollout) => Write(_folder, RolloutName, rollout, RolloutJson.Default.Rollout);

    public void Save(Client client) => Write(_clients, client.Name, client, StoreJson.Default.Client);

    public void Save(Board board) => Write(_boards, board.Ref.FileName, board, StoreJson.Default.Board);

    public void Save(PreparedRoot root) => Write(_roots, root.Request.Client, root, StoreJson.Default.PreparedRoot);

    public void Save(BoardBoots boots) => Write(_history, boots.Board.FileName, boots, StoreJson.Default.BoardBoots);

    /// <summary>Removes a client's file, so that no power cut brings it back.</summary>
    public void DeleteClient(string name)
    {
        File.Delete(FileOf(_clients, name));
        AtomicFile.SyncFolder(_clients);
    }

    public void DeleteRoot(string name) => File.Delete(FileOf(_roots, name));

    /// <summary>Removes the files that a board had under another name, before its serial was known.</summary>
    public void DeleteBoard(BoardRef board)
    {
        File.Delete(FileOf(_boards, board.FileName));
        File.Delete(FileOf(_history, board.FileName));
    }

    private static string FileOf(string folder, string name) => Path.Combine(folder, name + ".json");

    private static void Write<T>(string folder, string name, T value, JsonTypeInfo<T> type)
    {
        AtomicFile.WriteAllBytes(FileOf(folder, name), [.. JsonSerializer.SerializeToUtf8Bytes(value, type), (byte)'\n'], FileMode);
    }

    private List<T> Load<T>(string folder, JsonTypeInfo<T> type, Func<T, string?> nameOf, Func<T, int> versionOf, string pattern = "*.json")
    {
        var loaded = new List<T>();
        foreach (string path in Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(path).StartsWith('.'))
            {
                continue;
            }

            try
            {
                if (new FileInfo(path).Length > MaxFileBytes)
                {
                    throw new JsonException($"it is larger than {MaxFileBytes} bytes");
                }

                T value = JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new JsonException("it is empty");
                string? name = nameOf(value);
                if (!string.Equals(name, Path.GetFileNameWithoutExtension(path), StringComparison.Ordinal))
                {
                    throw new JsonException($"it holds '{name}', which belongs into {name}.json");
                }

                if (versionOf(value) > 1)
                {
                    LogNewerVersion(path, versionOf(value));
                }

                loaded.Add(value);
            }
            catch (Exception e) when (e is JsonException or ArgumentException or NotSupportedException or InvalidOperationException or NullReferenceException)
            {
                PutAside(path, e.Message);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogUnreadable(path, e.Message);
            }
        }

        return loaded;
    }

    private void PutAside(string path, string reason)
    {
        string bad = path + ".bad";
        try
        {
            File.Move(path, bad, overwrite: true);
            LogPutAside(path, reason, bad);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(path, e.Message);
        }
    }

    [LoggerMessage(4001, LogLevel.Warning, "{Path} is damaged ({Reason}); it was put aside as {Bad} and is not used. Repair it, name it .json again, and restart")]
    private partial void LogPutAside(string path, string reason, string bad);

    [LoggerMessage(4002, LogLevel.Warning, "{Path} cannot be read: {Reason}. It is not used")]
    private partial void LogUnreadable(string path, string reason);

    [LoggerMessage(4003, LogLevel.Warning, "{Path} was written by a newer Bramble (version {Version}); what this one knows of it is used")]
    private partial void LogNewerVersion(string path, int version);
}
