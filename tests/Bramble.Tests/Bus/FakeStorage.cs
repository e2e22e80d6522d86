using System.Collections.Concurrent;
using Bramble.Storage.Contract;

namespace Bramble.Tests.Bus;

/// <summary>A storage that remembers what it was asked and answers from its tests.</summary>
internal sealed class FakeStorage : IStorage, IImages, IDoctor, IArchives
{
    public static readonly ImageInfo Image = new()
    {
        Name = "raspios",
        Source = "raspios.img.xz",
        Sha256 = new string('a', 64),
        Imported = new DateTimeOffset(2026, 11, 22, 5, 0, 0, TimeSpan.Zero),
        Distribution = "Debian GNU/Linux 13 (trixie)",
        BootFolder = "/srv/bramble/images/raspios/boot",
        RootFolder = "/srv/bramble/images/raspios/root",
        SizeBytes = 5_000_000_000,
        BootMountPoint = "/boot/firmware",
        CanNfs = true,
        CanIscsi = false,
        Edits = [new EditStep("fstab", "etc/fstab", "PARTUUID=1 / ext4", ""), new EditStep("hostname", "etc/hostname", "raspberrypi", "pi-1 ✓")],
    };

    public static readonly RootRequest Request = new()
    {
        Client = "pi-1",
        Image = "raspios",
        Kind = RootKind.Iscsi,
        HostName = "pi-1",
        ServerAddress = "10.0.0.1",
        BeaconPort = 4011,
        BeaconToken = new string('0', 32),
    };

    public static readonly ClientRoot Root = new()
    {
        Client = "pi-1",
        Image = "raspios",
        Kind = RootKind.Iscsi,
        BootFolder = "/srv/bramble/clients/pi-1/boot",
        TargetName = "iqn.2026-01.org.bramble:pi-1",
        InitiatorName = "iqn.2026-01.org.bramble:initiator:pi-1",
        ChapUser = "pi-1",
        ChapSecret = "abcdefghijkl",
        FilesystemUuid = "11111111-2222-3333-4444-555555555555",
    };

    public static readonly StorageFinding Finding = new() { Code = "orphan", Subject = "/srv/bramble/clients/pi-1/states/3", Seen = "No boot gets it.", Remedy = "It is kept.", IsMendable = true };

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What an import does after it has told its progress.</summary>
    public Func<CancellationToken, Task> Import { get; set; } = _ => Task.CompletedTask;

    public TaskCompletionSource ImportStarted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource ImportCancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<ImageInfo> AddImageAsync(string file, string? name, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        Asked.Enqueue($"add {file} {name ?? "-"}");
        progress?.Report(new ImportProgress("Decompressing", 1, 0));
        progress?.Report(new ImportProgress("Copying", 5_000_000_000, 6_000_000_000));
        ImportStarted.TrySetResult();
        try
        {
            await Import(cancellation);
        }
        catch (OperationCanceledException)
        {
            ImportCancelled.TrySetResult();
            throw;
        }
        return Image;
    }

    public async Task<ImageInfo> ImportImageAsync(ImportRequest request, Stream? stream, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        if (stream is not null)
        {
            await stream.CopyToAsync(content, cancellation);
        }

        Asked.Enqueue($"import {request.Source} {request.Name ?? "-"} {request.Sha256 ?? "-"} {request.Length}: {System.Text.Encoding.UTF8.GetString(content.ToArray())}");
        return Image;
    }

    public Task<ImageInfo> RenameImageAsync(string name, string newName, CancellationToken cancellation)
    {
        Asked.Enqueue($"rename {name} {newName}");
        return Task.FromResult(Image);
    }

    public Task<ImageInfo> SwitchEditsAsync(string image, IReadOnlyList<string> off, IReadOnlyList<string> on, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        Asked.Enqueue($"switch {image} -{string.Join(',', off)} +{string.Join(',', on)}");
        return Task.FromResult(Image);
    }

    public async Task<ImageInfo> PrepareImageAsync(string image, string newImage, IReadOnlyList<RootKind> kinds, Func<string, CancellationToken, Task> change, CancellationToken cancellation)
    {
        Asked.Enqueue($"prepare {image} {newImage} {string.Join(',', kinds)}");
        if (image == "none")
        {
            throw new StorageException("There is no image none.");
        }

        try
        {
            await change("/srv/bramble/tmp/x", cancellation);
        }
        catch (StorageException)
        {
            Asked.Enqueue("given up");
            throw;
        }

        return Image with { Name = newImage };
    }

    public Task<IReadOnlyList<EditStep>> ListEditsAsync(string client, CancellationToken cancellation) => client switch
    {
        "nobody" => throw new StorageException("There is no root of nobody.") { Code = StorageException.NoRoot },
        _ => Task.FromResult(Image.Edits),
    };

    public Task<IReadOnlyList<string>> CheckImageAsync(string name, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>>([$"{name}: no kernel"]);

    public Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<ImageInfo>>([Image, Image with { Name = "other" }]);

    public Task RemoveImageAsync(string name, CancellationToken cancellation) => name switch
    {
        "used" => throw new StorageException("used: the client pi-1 was made from it. Remove that client first."),
        "bug" => throw new InvalidOperationException("unforeseen"),
        _ => Note($"remove {name}"),
    };

    public Task<StorageUsage> MeasureAsync(CancellationToken cancellation) =>
        Task.FromResult(new StorageUsage(new DiskSpaceState("/srv/bramble", 64L << 30, 3L << 30, 2L << 30), [new ThinDisk("/srv/bramble/clients/pi-1/states/1/disk.img", 8L << 30, 1L << 30)]));

    public Task<ClientRoot> PrepareRootAsync(RootRequest request, CancellationToken cancellation)
    {
        Asked.Enqueue($"prepare {request == Request}");
        return Task.FromResult(Root);
    }

    public Task<IReadOnlyList<string>> PublishRootAsync(string client, string address, CancellationToken cancellation)
    {
        Asked.Enqueue($"publish {client} {address}");
        return Task.FromResult<IReadOnlyList<string>>(["pi-2"]);
    }

    public Task RemoveRootAsync(string client, CancellationToken cancellation) => Note($"unroot {client}");

    private Task Note(string what)
    {
        Asked.Enqueue(what);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<StorageFinding>> ExamineAsync(bool mend, IReadOnlyList<string>? clients, CancellationToken cancellation)
    {
        Asked.Enqueue($"examine {mend} {(clients is null ? "-" : string.Join(' ', clients))}");
        return Task.FromResult<IReadOnlyList<StorageFinding>>([Finding]);
    }

    public async Task ExportAsync(ArchiveKind kind, string name, Stream output, bool asTar, CancellationToken cancellation)
    {
        Asked.Enqueue($"export {kind} {name}");
        await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{kind} {name}"), cancellation);
    }

    public async Task<ArchiveInfo> ImportAsync(string? name, Stream input, CancellationToken cancellation)
    {
        Asked.Enqueue($"unpack {name ?? "-"}");
        using var content = new MemoryStream();
        await input.CopyToAsync(content, cancellation);
        return new ArchiveInfo { Kind = ArchiveKind.Client, Name = System.Text.Encoding.UTF8.GetString(content.ToArray()) };
    }
}
