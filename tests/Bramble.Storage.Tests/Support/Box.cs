using Bramble.Linux.Mounts;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bramble.Storage.Tests.Support;

/// <summary>A boot server's disk: a plain folder, or a filesystem of its own on a loop device.</summary>
internal sealed class Box : IAsyncDisposable
{
    private readonly List<StorageService> _services = [];
    private bool _isMounted;

    private Box(string folder) => Folder = folder;

    public string Folder { get; }

    public string Data => $"{Folder}/data";

    public FakeUnits Units { get; } = new();

    /// <param name="filesystem">What <c>mkfs</c> makes; null for a plain folder.</param>
    /// <param name="size">Its size.</param>
    /// <param name="isInMemory">Not on a disk: for tests that flush thousands of times and ask nothing of the disk.</param>
    public static async Task<Box> MakeAsync(string? filesystem = null, string size = "400M", bool isInMemory = false)
    {
        Box box = new($"{(isInMemory ? "/dev/shm" : "/tmp")}/bramble-storage-test-{Guid.NewGuid():N}");
        Directory.CreateDirectory(box.Data);
        if (filesystem is not null)
        {
            await Shell.MakeFilesystemAsync(filesystem, $"{box.Folder}/disk", size);
            await Shell.RunAsync($"mount -o loop {box.Folder}/disk {box.Data}");
            box._isMounted = true;
        }

        return box;
    }

    public StorageOptions Options => new()
    {
        DataFolder = Data,
        ExportsFile = $"{Folder}/exports.d/bramble.exports",
        TargetsFile = $"{Folder}/tgt/bramble.conf",
        ExportTableFile = $"{Folder}/etab",
        TgtAdmProgram = $"{Folder}/tgtadm",
        ReserveBytes = 1 << 20,
        EffectTimeout = TimeSpan.FromMilliseconds(300),
    };

    public StorageService Open(StorageOptions? options = null)
    {
        StorageService service = new(options ?? Options, Units, TimeProvider.System, NullLogger.Instance);
        _services.Add(service);
        return service;
    }

    /// <summary>What a reload of the NFS server does: the drop-in becomes the table of exports.</summary>
    public void Export() => File.WriteAllLines(
        Options.ExportTableFile,
        File.ReadLines(Options.ExportsFile).Where(line => line[0] == '/').Select(line => line.Replace(' ', '\t')));

    /// <summary>What must be empty after a failed operation.</summary>
    public IReadOnlyList<string> Leftovers()
    {
        List<string> left = [];
        foreach (string folder in new[] { "tmp", "images", "clients" })
        {
            if (Directory.Exists($"{Data}/{folder}"))
                left.AddRange(Directory.EnumerateFileSystemEntries($"{Data}/{folder}"));
        }

        left.AddRange(File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains($"{Data}/", StringComparison.Ordinal)));
        return left;
    }

    public static RootRequest Request(string client, RootKind kind = RootKind.Nfs, string image = "pi") => new()
    {
        Client = client,
        Image = image,
        Kind = kind,
        HostName = client,
        ServerAddress = "192.168.7.1",
        BeaconPort = 7411,
        BeaconToken = "00112233445566778899aabbccddeeff",
    };

    public async ValueTask DisposeAsync()
    {
        foreach (StorageService service in _services)
            service.Dispose();
        MountPoint.DetachAllBelow(Folder);
        if (_isMounted)
            await Task.Delay(50);
        await Shell.RunAsync($"rm -rf --one-file-system {Folder}");
    }
}
