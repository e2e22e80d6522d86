using System.Text.Json;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Images;

/// <summary>MBR and GPT, read by the system's own parser. No number of it is used before it is checked against the file's size.</summary>
internal static class PartitionTable
{
    private const int MaximumPartitions = 128;
    private const int MaximumSectorSize = 65536;

    /// <summary>Reads the table of an image.</summary>
    /// <param name="path">The plain image.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="shownName">Name of the file as given, for messages.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="StorageException">No table, or one that reaches beyond the file.</exception>
    internal static async Task<IReadOnlyList<Partition>> ReadAsync(string path, long length, string shownName, CancellationToken cancellation)
    {
        ProcessResult result = await ChildProcess.RunAsync("sfdisk", ["--json", path], cancellation);
        return result.Succeeded
            ? Parse(result.Output, length, shownName)
            : throw new StorageException($"{shownName} has no partition table ({result.Words.Replace(path, shownName, StringComparison.Ordinal)}). Is it a disk image of a Raspberry Pi?");
    }

    /// <summary>Reads sfdisk's output.</summary>
    internal static IReadOnlyList<Partition> Parse(string json, long length, string shownName)
    {
        SfdiskTable? table;
        try
        {
            table = JsonSerializer.Deserialize(json, StorageJson.Default.SfdiskOutput)?.PartitionTable;
        }
        catch (JsonException e)
        {
            throw new StorageException($"The partition table of {shownName} cannot be read: sfdisk's output is not understood ({e.Message}).", e);
        }

        long sector = table?.SectorSize ?? 512;
        if (table is null || table.Unit != "sectors" || sector < 512 || sector > MaximumSectorSize || (sector & (sector - 1)) != 0)
            throw new StorageException($"The partition table of {shownName} cannot be read: sfdisk's output is not understood.");
        SfdiskPartition[] entries = table.Partitions ?? [];
        if (entries.Length > MaximumPartitions)
            throw new StorageException($"{shownName} has {entries.Length} partitions; that is no image of a Raspberry Pi.");

        // A GPT that cannot be read leaves its stand-in for old tools: an MBR with one partition of type EE over the whole disk.
        if (table.Label == "dos" && Array.Exists(entries, static entry => string.Equals(entry.Type, "ee", StringComparison.OrdinalIgnoreCase)))
            throw new StorageException($"{shownName} is truncated or damaged: its GPT partition table is not whole. Download or copy it again.");

        List<Partition> partitions = [];
        ulong sectors = (ulong)length / (ulong)sector;
        for (int i = 0; i < entries.Length; i++)
        {
            SfdiskPartition entry = entries[i];
            if (entry.Size == 0)
                continue;
            // Subtraction, not addition: start + size may overflow.
            if (entry.Start > sectors || entry.Size > sectors - entry.Start)
                throw new StorageException($"{shownName} is truncated: partition {i + 1} ends beyond the end of the image, which has {length} bytes. Download or copy it again.");
            partitions.Add(new Partition(i + 1, (long)entry.Start * sector, (long)entry.Size * sector, entry.Type ?? ""));
        }

        return partitions;
    }
}
