using System.Text;
using System.Text.Json;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging;

namespace Bramble.Storage.Roots;

/// <summary>The records of clients' roots and the addresses that they are open to.</summary>
internal sealed class RootStore(Layout layout, ILogger logger)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    internal RootRecord? Find(string client)
    {
        string path = layout.ClientRecord(client);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StorageJson.Default.RootRecord);
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            StorageLog.RecordUnreadable(logger, path, e.Message);
            return null;
        }
    }

    internal IEnumerable<(string Client, RootRecord Record)> List()
    {
        if (!Directory.Exists(layout.Clients))
            yield break;
        foreach (string folder in Directory.EnumerateDirectories(layout.Clients).Order(StringComparer.Ordinal))
        {
            string client = Path.GetFileName(folder);
            if (StorageNames.IsClient(client) && Find(client) is { } record)
                yield return (client, record);
        }
    }

    internal static void Write(string folder, RootRecord record) =>
        AtomicFile.WriteAllBytes($"{folder}/root.json", JsonSerializer.SerializeToUtf8Bytes(record, StorageJson.Default.RootRecord), OwnerOnly);

    /// <summary>The address that a client's root is open to; null for none.</summary>
    internal string? Address(string client)
    {
        string path = layout.ClientAddress(client);
        if (!File.Exists(path))
            return null;
        string text = File.ReadAllText(path).Trim();
        return Linux.Net.Ipv4Address.TryParse(text, out _) ? text : null;
    }

    internal void SetAddress(string client, string? address)
    {
        string path = layout.ClientAddress(client);
        if (address is null)
        {
            File.Delete(path);
            AtomicFile.SyncFolder(layout.Client(client));
        }
        else
        {
            AtomicFile.WriteAllBytes(path, Encoding.ASCII.GetBytes(address + "\n"), Images.ImageStore.RecordMode);
        }
    }

    internal ClientRoot Describe(string client, RootRecord record) => new()
    {
        Client = client,
        Image = record.Image,
        Kind = record.Kind,
        BootFolder = layout.ClientBoot(client),
        RootFolder = record.Kind == RootKind.Nfs ? layout.ClientRoot(client) : null,
        TargetName = record.TargetName,
        InitiatorName = record.InitiatorName,
        ChapUser = record.ChapUser,
        ChapSecret = record.ChapSecret,
        FilesystemUuid = record.FilesystemUuid,
    };
}
