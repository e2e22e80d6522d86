using System.Buffers;
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Appliance.Upgrade;

/// <summary>
/// Writes an upgrade, a tar archive that is read once from its beginning to its end, into the system partition that does not run. Nothing of that
/// partition can be started before all of it is on the disk and right; the running system is never touched.
/// </summary>
/// <param name="slot">The system that does not run.</param>
/// <param name="starter">What decides which system starts.</param>
/// <param name="partition">Its partition.</param>
/// <param name="bootFolder">Where the boot partition is mounted.</param>
/// <param name="verify">Throws if the manifest is not signed by somebody who may.</param>
internal sealed class UpgradeWriter(char slot, ISystemStarter starter, string partition, string bootFolder, Func<byte[], byte[], CancellationToken, Task> verify)
{
    private const int BufferSize = 1 << 20;

    private readonly string _folder = Path.Combine(bootFolder, "bramble", slot.ToString());
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>Writes it, and has the next start try it.</summary>
    /// <param name="file">The upgrade.</param>
    /// <param name="architecture">Debian's name of this machine's processor.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UpgradeException">It cannot be used. What starts next is what runs now.</exception>
    /// <exception cref="IOException">The disk or the file cannot be read or written. What starts next is what runs now.</exception>
    public async Task<UpgradeManifest> WriteAsync(Stream file, string architecture, IProgress<ImportProgress> progress, CancellationToken cancellation)
    {
        try
        {
            await using var archive = new TarReader(file, leaveOpen: true);
            byte[] signed = await ReadSmallAsync(archive, UpgradeManifest.FileName, cancellation);
            await verify(signed, await ReadSmallAsync(archive, UpgradeManifest.FileName + ".minisig", cancellation), cancellation);
            UpgradeManifest manifest = UpgradeManifest.TryParse(Encoding.UTF8.GetString(signed), out string reason) ?? throw new UpgradeException($"its list of files cannot be used: {reason}");
            if (manifest.Architecture != architecture)
            {
                throw new UpgradeException($"it is for {manifest.Architecture}, and this machine is {architecture}");
            }

            await WritePartsAsync(archive, manifest, progress, cancellation);
            progress.Report(new ImportProgress("Having the next start try it", 0, 0));
            starter.TryOnce(slot, _texts);
            return manifest;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new UpgradeException($"it is no upgrade, or is damaged: {e.Message}", e);
        }
    }

    private async Task WritePartsAsync(TarReader archive, UpgradeManifest manifest, IProgress<ImportProgress> progress, CancellationToken cancellation)
    {
        using SafeFileHandle system = File.OpenHandle(partition, FileMode.Open, FileAccess.ReadWrite);
        UpgradePart whole = manifest.Parts.First(static p => p.Name == UpgradePart.System);
        if (FileDescriptor.Length(system) is var room && whole.Length > room)
        {
            throw new UpgradeException($"its system has {whole.Length} bytes, and the partition has room for {room}");
        }

        // From here on this slot cannot be started; the one that runs can.
        starter.Withdraw(slot);
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        Directory.CreateDirectory(_folder);
        foreach (UpgradePart part in manifest.Parts)
        {
            TarEntry entry = await archive.GetNextEntryAsync(copyData: false, cancellation) ?? throw new UpgradeException($"its file {part.Name} is missing");
            if (entry.Name != part.Name || entry.Length != part.Length || (entry.DataStream is null && part.Length > 0))
            {
                throw new UpgradeException($"it has a file {entry.Name} of {entry.Length} bytes, where it should have {part.Name} of {part.Length}");
            }

            Stream data = entry.DataStream ?? Stream.Null;
            if (part.TextName is { } name)
            {
                byte[] text = new byte[part.Length];
                await data.ReadExactlyAsync(text, cancellation);
                RequireSha256(part, SHA256.HashData(text));
                _texts[name] = Encoding.UTF8.GetString(text);
            }
            else if (part.BootPath is { } path)
            {
                string target = Path.Combine(_folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                using SafeFileHandle bootFile = File.OpenHandle(target, FileMode.Create, FileAccess.Write);
                await CopyAsync(data, bootFile, part, new Progress($"Writing {part.Name}", part.Length, progress), cancellation);
                RandomAccess.FlushToDisk(bootFile);
            }
            else
            {
                await CopyAsync(data, system, part, new Progress("Writing the system", part.Length, progress), cancellation);
                RandomAccess.FlushToDisk(system);
                await ReadBackAsync(system, part, new Progress("Reading it back", part.Length, progress), cancellation);
            }
        }

        AtomicFile.SyncFilesystem(bootFolder);
    }

    private static async Task CopyAsync(Stream data, SafeFileHandle to, UpgradePart part, Progress progress, CancellationToken cancellation)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        long at = 0;
        for (int read; (read = await data.ReadAtLeastAsync(buffer.AsMemory(0, BufferSize), BufferSize, throwOnEndOfStream: false, cancellation)) > 0; at += read)
        {
            hash.AppendData(buffer, 0, read);
            await RandomAccess.WriteAsync(to, buffer.AsMemory(0, read), at, cancellation);
            progress.Report(at + read);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        RequireSha256(part, hash.GetHashAndReset());
    }

    // A worn-out card takes everything and keeps something else. What is read is not what the kernel still has in memory.
    private async Task ReadBackAsync(SafeFileHandle system, UpgradePart part, Progress progress, CancellationToken cancellation)
    {
        await Linux.Processes.ChildProcess.RunAsync("blockdev", ["--flushbufs", partition], cancellation);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        long at = 0;
        for (int read; at < part.Length && (read = await RandomAccess.ReadAsync(system, buffer.AsMemory(0, (int)Math.Min(BufferSize, part.Length - at)), at, cancellation)) > 0; at += read)
        {
            hash.AppendData(buffer, 0, read);
            progress.Report(at + read);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != part.Sha256)
        {
            throw new UpgradeException("the disk gives back something else than what was written to it. It is worn out: take a new one.");
        }
    }

    private static void RequireSha256(UpgradePart part, byte[] found)
    {
        if (Convert.ToHexStringLower(found) != part.Sha256)
        {
            throw new UpgradeException($"its file {part.Name} is damaged: the check sum is not the one in its list");
        }
    }

    private static async Task<byte[]> ReadSmallAsync(TarReader archive, string name, CancellationToken cancellation)
    {
        TarEntry? entry = await archive.GetNextEntryAsync(copyData: false, cancellation);
        if (entry?.Name != name || entry.DataStream is null || entry.Length > UpgradeManifest.LongestText)
        {
            throw new UpgradeException($"it is no upgrade: it has no file {name} where it should be");
        }

        byte[] content = new byte[entry.Length];
        await entry.DataStream.ReadExactlyAsync(content, cancellation);
        return content;
    }

    private sealed class Progress(string step, long total, IProgress<ImportProgress> to)
    {
        public void Report(long done) => to.Report(new ImportProgress(step, done, total));
    }
}
