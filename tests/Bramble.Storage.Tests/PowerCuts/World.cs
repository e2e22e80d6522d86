using System.Text.RegularExpressions;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;
using Bramble.Storage.Roots;
using Bramble.Storage.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bramble.Storage.Tests.PowerCuts;

/// <summary>What a person sees of a data folder: images, roots and snapshots, each with the generation that its boot folder and its root hold.</summary>
internal sealed partial class World(Box box)
{
    private readonly DataDisk _disk = new(new Layout(box.Data), new DiskSpace(box.Data, 0, null), null);

    public Layout Layout => _disk.Layout;

    public RootStore Roots => new(_disk, NullLogger.Instance);

    /// <summary>A small image, made at once and without an import.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="generation">What its boot folder and its root hold.</param>
    /// <param name="more">Commands that add to the root, with the root as the working folder.</param>
    public async Task AddImageAsync(string name, string generation = "image", string more = "")
    {
        string folder = Layout.Image(name);
        _disk.MakeTree(folder);
        await Shell.RunAsync($"""
            cd {folder}
            mkdir -p boot root/etc/ssh root/var/lib/systemd
            echo {generation} > boot/generation; echo arm_64bit=1 > boot/config.txt; echo kernel > boot/kernel8.img
            cd root
            echo {generation} > generation; echo raspberrypi > etc/hostname; echo '127.0.0.1 localhost' > etc/hosts
            echo 'proc /proc proc defaults 0 0' > etc/fstab; echo 'PRETTY_NAME="Debian"' > etc/os-release
            : > etc/machine-id; echo seed > var/lib/systemd/random-seed
            {more}
            """);
        Bramble.Storage.Images.ImageStore.Write(_disk, folder, new ImageInfo
        {
            Name = name,
            Source = "made by a test",
            Sha256 = "",
            Imported = DateTimeOffset.UnixEpoch,
            Distribution = "Debian",
            BootFolder = Layout.ImageBoot(name),
            RootFolder = Layout.ImageRoot(name),
            SizeBytes = 100_000,
            BootMountPoint = "/boot/firmware",
            CanNfs = true,
            CanIscsi = true,
            Edits = [],
        });
    }

    /// <summary>The client writes: its boot folder and its root hold a new generation.</summary>
    public async Task WriteAsync(string client, string generation)
    {
        StateRecord record = Roots.Find(client)!;
        string state = Layout.ClientState(client, record.Number);
        await File.WriteAllTextAsync($"{state}/boot/generation", generation + "\n");
        if (record.Kind == RootKind.Nfs)
            await File.WriteAllTextAsync($"{state}/root/generation", generation + "\n");
        else
            await Shell.RunAsync($"cd {box.Folder}; echo {generation} > g; debugfs -w -R 'rm generation' {state}/disk.img 2>/dev/null; debugfs -w -R 'write g generation' {state}/disk.img 2>/dev/null; rm g");
    }

    /// <summary>All that is there whose name begins with a tag, in words. Names made of the time are the same at any time.</summary>
    public async Task<IReadOnlyList<string>> SeeAsync(StorageService storage, string tag)
    {
        List<string> seen = [];
        foreach (ImageInfo image in await storage.ListImagesAsync(CancellationToken.None))
        {
            if (image.Name.StartsWith(tag, StringComparison.Ordinal))
                seen.Add($"image {image.Name}: {await GenerationAsync(Layout.Image(image.Name))}");
        }

        foreach ((string client, StateRecord record) in Roots.List().Where(one => one.Client.StartsWith(tag, StringComparison.Ordinal)))
        {
            seen.Add($"client {client}: {await GenerationAsync(Layout.ClientState(client, record.Number))}");
            foreach (SnapshotInfo snapshot in await storage.ListSnapshotsAsync(client, CancellationToken.None))
            {
                int state = Roots.States(client).Single(one => one.Snapshot == snapshot.Name).Number;
                seen.Add($"snapshot {client} {Time().Replace(snapshot.Name, "TIME")} ({snapshot.Cause}): {await GenerationAsync(Layout.ClientState(client, state))}");
            }
        }

        return seen;
    }

    /// <summary>Nothing is there that no person sees.</summary>
    public void AssertNothingHalfMade(string cut)
    {
        List<string> left = [.. Directory.EnumerateFileSystemEntries(Layout.Temporary), .. Directory.EnumerateFileSystemEntries(Layout.Journal)];
        foreach (string folder in Directory.EnumerateDirectories(Layout.Images))
        {
            left.AddRange(Directory.EnumerateFileSystemEntries(folder).Where(path => Path.GetFileName(path) is not ("boot" or "root" or "disk.img" or "image.json" or "originals.json")));
            if (!File.Exists($"{folder}/image.json"))
                left.Add(folder);
        }

        foreach (string folder in Directory.EnumerateDirectories(Layout.Clients))
        {
            string client = Path.GetFileName(folder);
            left.AddRange(Directory.EnumerateFileSystemEntries(folder).Where(path => Path.GetFileName(path) is not ("states" or "current" or "address")));
            if (Roots.Find(client) is null)
                left.Add($"{folder} has no current state");
            foreach (string state in Directory.EnumerateDirectories(Layout.ClientStates(client)))
            {
                int number = Layout.StateNumber(state)!.Value;
                if (number != Roots.Current(client) && Roots.Find(client, number)?.Snapshot is null)
                    left.Add($"{state} is neither current nor a snapshot");
                left.AddRange(Directory.EnumerateFileSystemEntries(state).Where(path => Path.GetFileName(path) is not ("boot" or "root" or "disk.img" or "state.json")));
            }
        }

        left.AddRange(File.ReadLines("/proc/self/mountinfo").Where(line => line.Contains($"{box.Data}/", StringComparison.Ordinal)));
        Assert.True(left.Count == 0, $"{cut}, and this is left: {string.Join(", ", left)}");
    }

    private static async Task<string> GenerationAsync(string folder)
    {
        string boot = await File.ReadAllTextAsync($"{folder}/boot/generation");
        string? tree = Directory.Exists($"{folder}/root") ? await File.ReadAllTextAsync($"{folder}/root/generation") : null;
        string? disk = File.Exists($"{folder}/disk.img") ? (await ChildProcess.RunAsync("debugfs", ["-R", "cat generation", $"{folder}/disk.img"], CancellationToken.None)).Output : null;
        return $"boot {boot.Trim()}, root {(tree ?? disk)!.Trim()}{(tree is not null && disk is not null && disk != tree ? $", disk {disk.Trim()}" : "")}";
    }

    [GeneratedRegex(@"[0-9]{8}-[0-9]{6}([.][0-9]+)?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Time();
}
