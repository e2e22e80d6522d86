using Bramble.Storage.Contract;

namespace Bramble.Fleet.Tests.Support;

/// <summary>Storage in memory that notes what it is asked for.</summary>
internal sealed class FakeStorage(string folder) : IStorage, IRootChanges
{
    private readonly Lock _gate = new();

    public List<ImageInfo> Images { get; } = [];

    public List<RootRequest> Prepared { get; } = [];

    public List<(string Client, string Address)> Published { get; } = [];

    /// <summary>Thrown by the next preparations; null to succeed.</summary>
    public Exception? PrepareFailure { get; set; }

    /// <summary>Thrown by the next publications; null to succeed.</summary>
    public Exception? PublishFailure { get; set; }

    /// <summary>Which root is open to which address, as storage has it: an address has one holder.</summary>
    public Dictionary<string, string> Open { get; } = new(StringComparer.Ordinal);

    /// <summary>Publications wait for this.</summary>
    public Task PublishGate { get; set; } = Task.CompletedTask;

    /// <summary>Preparations wait for this.</summary>
    public Task PrepareGate { get; set; } = Task.CompletedTask;

    /// <summary>State of the roots that are prepared; null for roots that have one only.</summary>
    public int? State { get; set; }

    /// <summary>What a rollback does: the next boot of a client gets another state.</summary>
    public void RollBack(string client, int state)
    {
        string link = CurrentLink(client);
        File.Delete(link);
        File.CreateSymbolicLink(link, $"states/{state}");
        State = state;
    }

    private string CurrentLink(string client) => Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "clients", client)).FullName, "current");

    public string BootFolder(string client) => Directory.CreateDirectory(Path.Combine(folder, "clients", client, "boot")).FullName;

    public void AddImage(string name, int day = 1) => Images.Add(new ImageInfo
    {
        Name = name,
        Source = name + ".img",
        Sha256 = new string('0', 64),
        Imported = new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero),
        Distribution = "Debian GNU/Linux 13 (trixie)",
        BootFolder = $"/images/{name}/boot",
        RootFolder = $"/images/{name}/root",
        SizeBytes = 1000,
        BootMountPoint = "/boot/firmware",
        CanNfs = true,
        CanIscsi = true,
        Edits = [],
    });

    public Task<ImageInfo> AddImageAsync(string file, string? name, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<ImageInfo>>([.. Images]);

    public Task RemoveImageAsync(string name, CancellationToken cancellation) => throw new NotSupportedException();

    public async Task<ClientRoot> PrepareRootAsync(RootRequest request, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Prepared.Add(request);
        }

        await PrepareGate.WaitAsync(cancellation);
        if (PrepareFailure is { } failure)
        {
            throw failure;
        }

        bool nfs = request.Kind == RootKind.Nfs;
        return new ClientRoot
        {
            Client = request.Client,
            Image = request.Image,
            Kind = request.Kind,
            State = State ?? 1,
            CurrentLink = State is null ? null : CurrentLink(request.Client),
            BootFolder = State is null ? BootFolder(request.Client) : Directory.CreateDirectory(Path.Combine(folder, "clients", request.Client, "states", $"{State}", "boot")).FullName,
            RootFolder = nfs ? $"/srv/clients/{request.Client}/root" : null,
            TargetName = nfs ? null : $"iqn.2026-01.bramble:{request.Client}",
            InitiatorName = nfs ? null : $"iqn.2026-01.bramble.client:{request.Client}",
            ChapUser = nfs ? null : request.Client,
            ChapSecret = nfs ? null : "secret012345",
            FilesystemUuid = nfs ? null : "0b1c2d3e-0000-4000-8000-000000000001",
        };
    }

    public async Task<IReadOnlyList<string>> PublishRootAsync(string client, string address, CancellationToken cancellation)
    {
        List<string> closed;
        lock (_gate)
        {
            Published.Add((client, address));
            closed = [.. Open.Where(o => o.Value == address && o.Key != client).Select(static o => o.Key)];
        }

        await PublishGate.WaitAsync(cancellation);
        if (PublishFailure is { } failure)
        {
            throw failure;
        }

        lock (_gate)
        {
            closed.ForEach(other => Open.Remove(other));
            Open[client] = address;
        }

        return closed;
    }

    public Task RemoveRootAsync(string client, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>What was changed and rolled back.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>Clients whose root cannot be changed.</summary>
    public HashSet<string> Stubborn { get; } = [];

    public Task<RootChange> ChangeImageAsync(string client, string image, IReadOnlyList<string> carry, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        Change($"{client} to {image} with {string.Join(' ', carry)}", client, image);

    public Task<RootChange> RollBackAsync(string client, string? name, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        Change($"{client} back to {name}", client, "trixie");

    private Task<RootChange> Change(string what, string client, string image)
    {
        lock (_gate)
        {
            Changes.Add(what);
        }

        return Stubborn.Contains(client) ? throw new StorageException("the disk is full") : Task.FromResult(new RootChange(client, image, image, $"{client}-kept", InUse: true));
    }
}
