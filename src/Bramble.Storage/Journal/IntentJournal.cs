using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Bramble.Storage.Journal;

/// <summary>
/// The operations that are under way, one small file each. What an operation makes grows below <c>tmp/</c> and is moved into place when it is whole, so
/// most of them are over in one step, and an interrupted one needs no more than an empty <c>tmp/</c>. The journal says what was under way, and finishes
/// or undoes what has more than one visible step.
/// </summary>
internal sealed class IntentJournal(DataDisk disk, ILogger logger)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Runs an operation under an intent. One that fails without being cut off is settled by <paramref name="settle"/> before its intent goes.</summary>
    /// <param name="intent">What is to be done.</param>
    /// <param name="work">Does it, and cleans up after itself.</param>
    /// <param name="settle">Finishes or undoes what <paramref name="work"/> left in place when it failed; null if that is nothing.</param>
    internal async Task<T> RunAsync<T>(Intent intent, Func<Task<T>> work, Func<Intent, Task>? settle = null)
    {
        string path = $"{disk.Layout.Journal}/{Guid.NewGuid():N}.json";
        disk.Write(path, JsonSerializer.SerializeToUtf8Bytes(intent, StorageJson.Default.Intent), OwnerOnly);
        bool isDone = false;
        try
        {
            T result = await work();
            isDone = true;
            return result;
        }
        finally
        {
            if (!isDone && settle is not null)
                await settle(intent);
            disk.DeleteFile(path);
        }
    }

    /// <summary>What was under way when the last process ended, each with its file. Files that cannot be read are left where they are, with a warning.</summary>
    internal IReadOnlyList<(string Path, Intent Intent)> Interrupted()
    {
        List<(string, Intent)> found = [];
        foreach (string path in Directory.EnumerateFiles(disk.Layout.Journal).Order(StringComparer.Ordinal))
        {
            // The beginning of an intent that was not written to its end: nothing was done yet.
            if (Path.GetFileName(path).StartsWith('.'))
            {
                disk.DeleteFile(path);
                continue;
            }

            try
            {
                if (JsonSerializer.Deserialize(File.ReadAllBytes(path), StorageJson.Default.Intent) is { } intent)
                    found.Add((path, intent));
            }
            catch (Exception e) when (e is JsonException or IOException)
            {
                StorageLog.RecordUnreadable(logger, path, e.Message);
            }
        }

        return found;
    }
}
