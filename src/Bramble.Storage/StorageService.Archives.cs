using System.Text.Json;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;
using Bramble.Storage.Images;
using Bramble.Storage.Journal;
using Bramble.Storage.Roots;

namespace Bramble.Storage;

/// <content>Clients and images as streams.</content>
public sealed partial class StorageService
{
    private const string ArchiveRecord = "bramble-archive.json";
    private static readonly string[] s_tarOptions = ["--numeric-owner", "--xattrs", "--xattrs-include=*", "--acls", "--zstd"];

    /// <inheritdoc/>
    public async Task ExportAsync(ArchiveKind kind, string name, Stream output, bool asTar, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        string source;
        ArchiveInfo info = new() { Kind = kind, Name = name, Made = _time.GetUtcNow() };
        using IDisposable held = kind == ArchiveKind.Client
            ? await HoldClientAsync(name, cancellation)
            : await _locks.TakeAsync(TreeOf(StorageNames.RequireImage(name)), cancellation);
        string[] parts;
        if (kind == ArchiveKind.Client)
        {
            StateRecord record = FindRoot(name);
            RequireRoot(name, record);
            await RequireQuietAsync(name, record, cancellation);
            source = _layout.ClientState(name, record.Number);
            info = info with { Image = record.Image, Root = record.Kind };
            parts = ["state.json", .. record.Parts];
        }
        else
        {
            FindImage(name);
            source = _layout.Image(name);
            // The disk is made of the tree wherever there is one.
            parts = ["image.json", Layout.Boot, Directory.Exists(_layout.ImageRoot(name)) ? Layout.Root : Layout.Disk];
        }

        string purpose = $"to export {name}";
        string failure = $"{name} cannot be exported";
        await _builder.InWorkFolderAsync(failure, purpose, async work =>
        {
            byte[] record = JsonSerializer.SerializeToUtf8Bytes(info, StorageContractJson.Default.ArchiveInfo);
            string tree = source;
            if (_disk.IsInstant)
            {
                tree = $"{work}/tree";
                await _disk.CloneTreeAsync(source, tree, parts, purpose, new ProgressMeter(null, _time), cancellation);
                if (!asTar)
                {
                    await File.WriteAllBytesAsync($"{tree}/{ArchiveRecord}", record, cancellation);
                    _disk.Check(await BtrfsStream.SendAsync(tree, output, cancellation), purpose, failure);
                    return true;
                }
            }

            await File.WriteAllBytesAsync($"{work}/{ArchiveRecord}", record, cancellation);
            ProcessResult result = await ChildProcess.RunAsync(
                "tar", ["--create", .. s_tarOptions, "--sparse", "--directory", work, ArchiveRecord, "--directory", tree, "--", .. parts], null, (tar, token) => tar.CopyToAsync(output, token), cancellation);
            _disk.Check(result, purpose, failure);
            return true;
        });
        StorageLog.Exported(_logger, kind.ToString(), name);
    }

    /// <inheritdoc/>
    public async Task<ArchiveInfo> ImportAsync(string? name, Stream input, CancellationToken cancellation)
    {
        await StartAsync(cancellation);
        _space.RequireForNew(0, "of an archive");
        ArchiveInfo made = await _builder.InWorkFolderAsync("The archive cannot be imported", "to import an archive", async work =>
        {
            string tree = $"{work}/tree";
            (bool isStream, byte[] begin) = await BtrfsStream.LookAsync(input, cancellation);
            if (isStream && !_disk.IsInstant)
                throw new StorageException($"The archive is of btrfs, which {_layout.Data} is not on. Export it once more, with --tar.");
            if (!isStream)
                _disk.MakeTree(tree);
            ProcessResult result = isStream
                ? await BtrfsStream.ReceiveAsync(input, work, tree, cancellation)
                : await ChildProcess.RunAsync(
                    "tar", ["--extract", .. s_tarOptions, "--same-permissions", "--same-owner", "--delay-directory-restore", "--directory", tree],
                    async (tar, token) =>
                    {
                        await tar.WriteAsync(begin, token);
                        await input.CopyToAsync(tar, token);
                    },
                    static (_, _) => Task.CompletedTask, cancellation);
            _disk.Check(result, "to import an archive", "This is no archive that 'bramble client export' or 'bramble image export' made, or it is damaged");
            ArchiveInfo info = ReadArchive(tree);
            info = info with { Name = name ?? info.Name };
            await (info.Kind == ArchiveKind.Image ? TakeImageAsync(info, tree, cancellation) : TakeClientAsync(info, tree, cancellation));
            return info;
        });
        StorageLog.Imported(_logger, made.Kind.ToString(), made.Name);
        return made;
    }

    private async Task TakeImageAsync(ArchiveInfo info, string tree, CancellationToken cancellation)
    {
        StorageNames.RequireImage(info.Name);
        RequireParts(tree, ["image.json"], [Layout.Boot], Layout.Root);
        using IDisposable held = await _locks.TakeAsync(TreeOf(info.Name), cancellation);
        RequireNoImage(info.Name);
        ImageInfo image = ReadRecord($"{tree}/image.json", StorageJson.Default.ImageInfo);
        await _journal.RunAsync(Intent(Operation.MakeImage) with { Image = info.Name }, async () =>
        {
            Images.ImageStore.Write(_disk, tree, image with { Name = info.Name, BootFolder = _layout.ImageBoot(info.Name), RootFolder = _layout.ImageRoot(info.Name) });
            await _disk.SettleAsync(tree, hasCopies: true);
            _disk.Move(tree, _layout.Image(info.Name));
            return true;
        });
    }

    private async Task TakeClientAsync(ArchiveInfo info, string tree, CancellationToken cancellation)
    {
        StorageNames.RequireClient(info.Name);
        RequireParts(tree, ["state.json"], [Layout.Boot], info.Root == RootKind.Iscsi ? Layout.Disk : Layout.Root);
        StateRecord record = ReadRecord($"{tree}/state.json", StorageJson.Default.StateRecord);
        if (!record.HasRoot || record.Kind != info.Root || (record.Kind == RootKind.Iscsi && !Guid.TryParseExact(record.FilesystemUuid, "D", out _)))
            throw new StorageException("The archive's state.json says something else than the archive holds.");
        using IDisposable held = await HoldClientAsync(info.Name, cancellation);
        using IDisposable imageHeld = await HoldImageAsync(StorageNames.RequireImage(record.Image), record.Kind, cancellation);
        if (Path.Exists(_layout.Client(info.Name)))
            throw new StorageException($"{info.Name} has a root already. Remove it first, or give this one another name.");
        if (_images.Find(record.Image) is null)
            throw new StorageException($"{info.Name} was made from image {record.Image}, which is not here. Import that image first, under this name.");
        StateRecord taken = RootBuilder.Target(info.Name, 1, record) with { Snapshot = null, Taken = null, Cause = default, From = 0, Created = _time.GetUtcNow(), Personality = null };
        await _journal.RunAsync(Intent(Operation.MakeRoot) with { Client = info.Name }, () => _builder.TakeAsync(info.Name, taken, tree, cancellation));
    }

    private static ArchiveInfo ReadArchive(string tree)
    {
        string path = $"{tree}/{ArchiveRecord}";
        RequireFile(path);
        ArchiveInfo info = ReadRecord(path, StorageContractJson.Default.ArchiveInfo);
        File.Delete(path);
        return info.Version == 1 ? info : throw new StorageException($"The archive is of version {info.Version}: it was made by a newer Bramble.");
    }

    private static T ReadRecord<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new StorageException($"The archive's {Path.GetFileName(path)} is empty.");
        }
        catch (JsonException e)
        {
            throw new StorageException($"The archive's {Path.GetFileName(path)} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>An archive may come from anywhere: what is served of it lies in it, and nothing else is in it.</summary>
    private static void RequireParts(string tree, string[] files, string[] folders, string root)
    {
        bool isDisk = root == Layout.Disk || File.Exists($"{tree}/{Layout.Disk}");
        files = isDisk ? [.. files, Layout.Disk] : files;
        folders = isDisk ? folders : [.. folders, root];
        foreach (string file in files)
            RequireFile($"{tree}/{file}");
        foreach (string folder in folders)
        {
            if (!Directory.Exists($"{tree}/{folder}") || new FileInfo($"{tree}/{folder}").LinkTarget is not null)
                throw new StorageException($"The archive has no folder {folder}.");
        }

        if (Directory.EnumerateFileSystemEntries(tree).Select(Path.GetFileName).FirstOrDefault(name => !files.Contains(name) && !folders.Contains(name)) is { } other)
            throw new StorageException($"The archive holds {StorageNames.Shown(other)}, which is no part of a client or image.");
    }

    private static void RequireFile(string path)
    {
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null })
            throw new StorageException($"The archive has no {Path.GetFileName(path)}: it was not made by 'bramble client export' or 'bramble image export'.");
    }
}
