using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

[Trait("kind", "integration")]
public sealed class SnapshotTests
{
    private static readonly CancellationToken s_never = CancellationToken.None;

    [Theory]
    [InlineData("btrfs")]
    [InlineData("ext4")]
    [InlineData(null)]
    public async Task A_running_client_keeps_what_it_has_until_it_boots(string? filesystem)
    {
        await using Box box = await MakeAsync(filesystem);
        StorageService storage = box.Open();
        ClientRoot old = await storage.PrepareRootAsync(Box.Request("pi-1"), s_never);
        await storage.PublishRootAsync("pi-1", "10.0.0.1", s_never);
        await File.WriteAllTextAsync($"{old.RootFolder}/etc/motd", "good");
        Assert.False(File.Exists(Path.Combine(box.Data, DataFolder.LastSnapshot)));
        SnapshotInfo taken = await storage.CreateSnapshotAsync("pi-1", "good", SnapshotCause.Hand, null, s_never);
        // The mark is made when the copy is, however long that takes. The kernel's file times lag behind its clock by up to a tick.
        DateTime marked = File.GetLastWriteTimeUtc(Path.Combine(box.Data, DataFolder.LastSnapshot));
        Assert.InRange(marked, taken.Taken.UtcDateTime.AddMilliseconds(-20), DateTime.UtcNow);
        Assert.Equal(("good", SnapshotCause.Hand, "pi", false), (taken.Name, taken.Cause, taken.Image, taken.InUse));
        await File.WriteAllTextAsync($"{old.RootFolder}/etc/motd", "broken");
        await File.WriteAllTextAsync($"{old.BootFolder}/config.txt", "broken");
        string[] exports = await File.ReadAllLinesAsync(box.Options.ExportsFile);

        RootChange change = await storage.RollBackAsync("pi-1", null, null, s_never);
        Assert.Equal(("pi-1", "good", true), (change.Client, change.Source, change.InUse));
        Assert.False(old.IsCurrent);

        // Another client's boot, a renewed lease, a restart: none of it takes the running client's root away.
        await storage.PrepareRootAsync(Box.Request("pi-2"), s_never);
        await storage.PublishRootAsync("pi-2", "10.0.0.2", s_never);
        await storage.PublishRootAsync("pi-1", "10.0.0.1", s_never);
        Assert.Equal(exports.Length + 2, (await File.ReadAllLinesAsync(box.Options.ExportsFile)).Intersect(exports).Count() + 2);
        await File.WriteAllTextAsync($"{old.RootFolder}/etc/later", "written after the rollback");
        await RootTests.AssertRefusedAsync("until it boots", () => storage.RemoveSnapshotAsync("pi-1", change.Kept, s_never));
        Assert.True(Assert.Single(await storage.ListSnapshotsAsync("pi-1", s_never), one => one.Name == change.Kept).InUse);

        // It boots.
        ClientRoot current = await storage.PrepareRootAsync(Box.Request("pi-1"), s_never);
        Assert.True(current.IsCurrent);
        Assert.NotEqual(old.RootFolder, current.RootFolder);
        await storage.PublishRootAsync("pi-1", "10.0.0.1", s_never);
        Assert.Equal("good", await File.ReadAllTextAsync($"{current.RootFolder}/etc/motd"));
        Assert.Contains("arm_64bit", await File.ReadAllTextAsync($"{current.BootFolder}/config.txt"), StringComparison.Ordinal);
        Assert.Contains($"192.168.7.1:{current.BootFolder} /boot/firmware nfs", await File.ReadAllTextAsync($"{current.RootFolder}/etc/fstab"), StringComparison.Ordinal);
        string text = await File.ReadAllTextAsync(box.Options.ExportsFile);
        Assert.Contains($"{current.RootFolder} 10.0.0.1(", text, StringComparison.Ordinal);
        Assert.DoesNotContain($"{old.RootFolder} ", text, StringComparison.Ordinal);

        // What it wrote until then is kept, and can be had again.
        RootChange again = await storage.RollBackAsync("pi-1", change.Kept, null, s_never);
        ClientRoot third = await storage.PrepareRootAsync(Box.Request("pi-1"), s_never);
        Assert.Equal("broken", await File.ReadAllTextAsync($"{third.RootFolder}/etc/motd"));
        Assert.Equal("written after the rollback", await File.ReadAllTextAsync($"{third.RootFolder}/etc/later"));
        Assert.Equal(["good", change.Kept, again.Kept], (await storage.ListSnapshotsAsync("pi-1", s_never)).Select(one => one.Name));
        await storage.RemoveSnapshotAsync("pi-1", change.Kept, s_never);
        Assert.Equal(["good", again.Kept], (await storage.ListSnapshotsAsync(null, s_never)).Select(one => one.Name));
    }

    [Fact]
    public async Task Boot_folder_and_root_of_a_snapshot_are_of_one_moment()
    {
        await using Box box = await MakeAsync("btrfs");
        StorageService storage = box.Open();
        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1"), s_never);
        using CancellationTokenSource stop = new();
        Task writing = Task.Run(() =>
        {
            // As apt does: the modules first, then the kernel that needs them.
            for (int version = 1; !stop.IsCancellationRequested; version++)
            {
                foreach (string folder in new[] { root.RootFolder!, root.BootFolder })
                {
                    File.WriteAllText($"{folder}/.new", $"{version}");
                    File.Move($"{folder}/.new", $"{folder}/version", overwrite: true);
                }
            }
        });
        while (!File.Exists($"{root.BootFolder}/version"))
            await Task.Delay(1);
        for (int i = 0; i < 20; i++)
        {
            await storage.CreateSnapshotAsync("pi-1", $"s{i}", SnapshotCause.Hand, null, s_never);
            string state = $"{box.Data}/clients/pi-1/states/{i + 2}";
            int modules = int.Parse(await File.ReadAllTextAsync($"{state}/root/version"), System.Globalization.CultureInfo.InvariantCulture);
            int kernel = int.Parse(await File.ReadAllTextAsync($"{state}/boot/version"), System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(modules - kernel, 0, 1);
        }

        await stop.CancelAsync();
        await writing;
    }

    [Theory]
    [InlineData("btrfs", RootKind.Nfs)]
    [InlineData("btrfs", RootKind.Iscsi)]
    [InlineData("ext4", RootKind.Nfs)]
    [InlineData("ext4", RootKind.Iscsi)]
    public async Task A_promoted_root_is_an_image_without_the_machine_it_came_from(string filesystem, RootKind kind)
    {
        await using Box box = await MakeAsync(filesystem);
        StorageService storage = box.Open();
        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1", kind), s_never);
        await InRootAsync(box, root, "echo tool > usr/bin/tool; echo 11111111111111111111111111111111 > etc/machine-id; echo secret > etc/ssh/ssh_host_rsa_key; test -s etc/bramble/beacon.conf");

        ImageInfo image = await storage.PromoteAsync("pi-1", "pi@2", null, s_never);
        Assert.Equal(("pi@2", "client pi-1", "Debian GNU/Linux 13 (trixie)", true, true), (image.Name, image.Source, image.Distribution, image.CanNfs, image.CanIscsi));
        Assert.Contains(image.Edits, step => step.Name == "machine-id");
        Assert.Contains(image.Edits, step => step.Name == "ssh-host-keys");
        Assert.Contains(image.Edits, step => step.Name == "up-beacon" && step.After.Length == 0);
        Assert.DoesNotContain(image.Edits, step => (step.Before + step.After).Contains("00112233445566778899aabbccddeeff", StringComparison.Ordinal));

        // Both kinds of root can be made of it, whatever it was made of.
        foreach (RootKind other in new[] { RootKind.Nfs, RootKind.Iscsi })
        {
            ClientRoot made = await storage.PrepareRootAsync(Box.Request($"new-{(int)other}", other, "pi@2"), s_never);
            await InRootAsync(box, made, $"""
                test "$(cat usr/bin/tool)" = tool; test "$(cat etc/hostname)" = new-{(int)other}; test ! -s etc/machine-id; test ! -e etc/ssh/ssh_host_rsa_key
                test "$(grep -c ' nfs ' etc/fstab)" = 1; grep -q '192.168.7.1:{made.BootFolder} /boot/firmware nfs' etc/fstab
                test "$(grep -c '^UUID=' etc/fstab)" = {(other == RootKind.Iscsi ? 1 : 0)}; test ! -e lost+found -o {(other == RootKind.Iscsi ? "-d" : "-f")} lost+found
                """);
        }

        await InRootAsync(box, root, "test -s etc/bramble/beacon.conf; test -s etc/ssh/ssh_host_rsa_key");
        await RootTests.AssertRefusedAsync("already", () => storage.PromoteAsync("pi-1", "pi@2", null, s_never));
        await RootTests.AssertRefusedAsync("not an image name", () => storage.PromoteAsync("pi-1", "pi@", null, s_never));
        await RootTests.AssertRefusedAsync("new-0, new-1", () => storage.RemoveImageAsync("pi@2", s_never));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));
    }

    [Theory]
    [InlineData("btrfs", RootKind.Nfs)]
    [InlineData("btrfs", RootKind.Iscsi)]
    [InlineData("ext4", RootKind.Iscsi)]
    public async Task A_duplicate_is_a_machine_of_its_own(string filesystem, RootKind kind)
    {
        await using Box box = await MakeAsync(filesystem);
        StorageService storage = box.Open();
        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1", kind), s_never);
        await InRootAsync(box, root, "echo tool > usr/bin/tool; echo 11111111111111111111111111111111 > etc/machine-id; echo secret > etc/ssh/ssh_host_rsa_key");
        ClientRoot twin = await storage.DuplicateAsync("pi-1", "pi-2", null, s_never);
        Assert.Equal(twin, await storage.PrepareRootAsync(Box.Request("pi-2", kind), s_never));
        await InRootAsync(box, twin, "test \"$(cat usr/bin/tool)\" = tool; test \"$(cat etc/hostname)\" = pi-2; test ! -s etc/machine-id; test ! -e etc/ssh/ssh_host_rsa_key; grep -q pi-2 etc/bramble/beacon.conf");
        if (kind == RootKind.Iscsi)
        {
            Assert.NotEqual(root.ChapSecret, twin.ChapSecret);
            Assert.NotEqual(root.TargetName, twin.TargetName);
            Assert.NotEqual(root.FilesystemUuid, twin.FilesystemUuid);
            Assert.Equal(twin.FilesystemUuid, await Shell.RunAsync($"blkid -p -s UUID -o value {Disk(box, twin)}"));
            Assert.Equal("clean", await Shell.RunAsync($"e2fsck -fn {Disk(box, twin)} >/dev/null 2>&1 && echo clean"));
        }

        await RootTests.AssertRefusedAsync("has a root already", () => storage.DuplicateAsync("pi-1", "pi-2", null, s_never));
        await RootTests.AssertRefusedAsync("its own duplicate", () => storage.DuplicateAsync("pi-1", "pi-1", null, s_never));
        await RootTests.AssertRefusedAsync("no root of nobody", () => storage.DuplicateAsync("nobody", "pi-3", null, s_never));
        await RootTests.AssertRefusedAsync("not a client name", () => storage.DuplicateAsync("pi-1", "../pi-3", null, s_never));
    }

    [Fact]
    public async Task A_reset_client_begins_with_its_image()
    {
        await using Box box = await MakeAsync("btrfs");
        StorageService storage = box.Open();
        foreach (RootKind kind in new[] { RootKind.Nfs, RootKind.Iscsi })
        {
            string client = $"pi-{(int)kind}";
            ClientRoot root = await storage.PrepareRootAsync(Box.Request(client, kind), s_never);
            await InRootAsync(box, root, "echo mine > home/pi/mine");
            RootChange change = await storage.ResetAsync(client, null, s_never);
            Assert.Equal(("pi", false), (change.Source, change.InUse));
            ClientRoot fresh = await storage.PrepareRootAsync(Box.Request(client, kind), s_never);
            await InRootAsync(box, fresh, $"test ! -e home/pi/mine; test \"$(cat etc/hostname)\" = {client}");
            await storage.RollBackAsync(client, change.Kept, null, s_never);
            await InRootAsync(box, await storage.PrepareRootAsync(Box.Request(client, kind), s_never), $"test \"$(cat home/pi/mine)\" = mine");
        }
    }

    [Fact]
    public async Task What_is_not_there_or_not_possible_is_refused_with_the_way_out()
    {
        await using Box box = await MakeAsync(null);
        StorageService storage = box.Open();
        await storage.PrepareRootAsync(Box.Request("pi-1"), s_never);
        await RootTests.AssertRefusedAsync("bramble client reset pi-1", () => storage.RollBackAsync("pi-1", null, null, s_never));
        await RootTests.AssertRefusedAsync("bramble snapshot list pi-1", () => storage.RollBackAsync("pi-1", "x", null, s_never));
        await RootTests.AssertRefusedAsync("not a snapshot name", () => storage.CreateSnapshotAsync("pi-1", "../x", SnapshotCause.Hand, null, s_never));
        await RootTests.AssertRefusedAsync("no root of pi-2", () => storage.CreateSnapshotAsync("pi-2", null, SnapshotCause.Hand, null, s_never));
        await RootTests.AssertRefusedAsync("no root of pi-2", () => storage.ListSnapshotsAsync("pi-2", s_never));
        await storage.CreateSnapshotAsync("pi-1", "x", SnapshotCause.Hand, null, s_never);
        await RootTests.AssertRefusedAsync("already", () => storage.CreateSnapshotAsync("pi-1", "x", SnapshotCause.Hand, null, s_never));
        string first = (await storage.CreateSnapshotAsync("pi-1", null, SnapshotCause.Schedule, null, s_never)).Name;
        string second = (await storage.CreateSnapshotAsync("pi-1", null, SnapshotCause.Schedule, null, s_never)).Name;
        Assert.Matches("^auto-[0-9]{8}-[0-9]{6}", first);
        Assert.NotEqual(first, second);
        Assert.Equal(second, (await storage.RollBackAsync("pi-1", null, null, s_never)).Source);
    }

    [Fact]
    public async Task A_copy_says_that_it_copies_and_leaves_the_reserve_alone()
    {
        await using Box box = await MakeAsync("ext4", "60M", "head -c 9M /dev/urandom > home/pi/big");
        StorageService storage = box.Open(box.Options with { ReserveBytes = 12 << 20 });
        await storage.PrepareRootAsync(Box.Request("pi-1"), s_never);
        List<string> told = [];
        await storage.CreateSnapshotAsync("pi-1", "one", SnapshotCause.Hand, new Listener(told), s_never);
        Assert.Contains(told, step => step.Contains("no snapshots", StringComparison.Ordinal));
        await RootTests.AssertRefusedAsync("Not enough space", () => storage.CreateSnapshotAsync("pi-1", "two", SnapshotCause.Hand, null, s_never));
        Assert.Equal(["one"], (await storage.ListSnapshotsAsync("pi-1", s_never)).Select(one => one.Name));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/journal"));
    }

    private static async Task<Box> MakeAsync(string? filesystem, string size = "400M", string extra = "")
    {
        Box box = await Box.MakeAsync(filesystem, size);
        using StorageService storage = box.Open();
        box.Units.OnReload = _ => box.Export();
        await storage.AddImageAsync(await new PiImage { Extra = extra }.MakeAsync(box.Folder), "pi", null, s_never);
        return box;
    }

    private static string Disk(Box box, ClientRoot root) => $"{box.Data}/clients/{root.Client}/states/{root.State}/disk.img";

    private static Task<string> InRootAsync(Box box, ClientRoot root, string script) => root.RootFolder is { } folder
        ? Shell.RunAsync($"cd {folder}\n{script}")
        : Shell.InDiskAsync(Disk(box, root), script);

    private sealed class Listener(List<string> told) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            lock (told)
                told.Add(value.Step);
        }
    }
}
