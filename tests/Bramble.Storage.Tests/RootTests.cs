using Bramble.Linux.Btrfs;
using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

[Trait("kind", "integration")]
public sealed class RootTests
{
    [Theory]
    [InlineData("btrfs")]
    [InlineData("ext4")]
    public async Task Two_clients_of_one_image_have_roots_of_their_own(string filesystem)
    {
        await using Box box = await Box.MakeAsync(filesystem);
        using StorageService storage = box.Open();
        ImageInfo image = await storage.AddImageAsync(await new PiImage().MakeAsync(box.Folder), "pi", null, CancellationToken.None);
        ClientRoot one = await storage.PrepareRootAsync(Box.Request("pi-1"), CancellationToken.None);
        ClientRoot two = await storage.PrepareRootAsync(Box.Request("pi-2"), CancellationToken.None);

        Assert.Equal(filesystem == "btrfs", BtrfsSubvolume.IsSubvolume(Path.GetDirectoryName(one.RootFolder!)!));
        Assert.Equal($"{box.Data}/clients/pi-1/states/1/boot", one.BootFolder);
        foreach ((ClientRoot root, string name) in new[] { (one, "pi-1"), (two, "pi-2") })
        {
            Assert.Equal($"{name}\n", await File.ReadAllTextAsync($"{root.RootFolder}/etc/hostname"));
            Assert.Contains($"127.0.1.1\t{name}\n", await File.ReadAllTextAsync($"{root.RootFolder}/etc/hosts"), StringComparison.Ordinal);
            Assert.Contains($"\n192.168.7.1:{box.Data}/clients/{name}/states/1/boot /boot/firmware nfs defaults,vers=3,nolock,rsize=131072,wsize=131072,nofail,_netdev,x-systemd.mount-timeout=30 0 0\n", await File.ReadAllTextAsync($"{root.RootFolder}/etc/fstab"), StringComparison.Ordinal);
            Assert.Equal("600 0", await Shell.RunAsync($"stat -c '%a %u' {root.RootFolder}/etc/bramble/beacon.conf"));
            Assert.Equal($"192.168.7.1 7411 {name} 00112233445566778899aabbccddeeff", await Shell.RunAsync($". {root.RootFolder}/etc/bramble/beacon.conf; echo $SERVER $PORT $CLIENT $TOKEN"));
        }

        await File.WriteAllTextAsync($"{one.RootFolder}/home/pi/mine", "mine");
        Assert.False(File.Exists($"{two.RootFolder}/home/pi/mine"));
        Assert.False(File.Exists($"{image.RootFolder}/home/pi/mine"));
        Assert.Equal("raspberrypi\n", await File.ReadAllTextAsync($"{image.RootFolder}/etc/hostname"));

        // Again: the same root, personal files anew, nothing doubled, the machine's own identity kept.
        await File.WriteAllTextAsync($"{one.RootFolder}/etc/machine-id", "11111111111111111111111111111111\n");
        string fstab = await File.ReadAllTextAsync($"{one.RootFolder}/etc/fstab");
        await storage.PrepareRootAsync(Box.Request("pi-1"), CancellationToken.None);
        Assert.Equal(fstab, await File.ReadAllTextAsync($"{one.RootFolder}/etc/fstab"));
        await storage.PrepareRootAsync(Box.Request("pi-1") with { HostName = "kitchen", ServerAddress = "192.168.7.2" }, CancellationToken.None);
        Assert.Equal("kitchen\n", await File.ReadAllTextAsync($"{one.RootFolder}/etc/hostname"));
        Assert.Equal("mine", await File.ReadAllTextAsync($"{one.RootFolder}/home/pi/mine"));
        Assert.Equal("11111111111111111111111111111111\n", await File.ReadAllTextAsync($"{one.RootFolder}/etc/machine-id"));
        Assert.Single(await File.ReadAllLinesAsync($"{one.RootFolder}/etc/fstab"), line => line.Contains(" nfs ", StringComparison.Ordinal) && line.StartsWith("192.168.7.2:", StringComparison.Ordinal));

        await AssertRefusedAsync("pi-1, pi-2", () => storage.RemoveImageAsync("pi", CancellationToken.None));
        await AssertRefusedAsync("not iscsi", () => storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Iscsi), CancellationToken.None));
        await AssertRefusedAsync("no image nix", () => storage.PrepareRootAsync(Box.Request("pi-3", image: "nix"), CancellationToken.None));
        await storage.RemoveRootAsync("pi-1", CancellationToken.None);
        await storage.RemoveRootAsync("pi-2", CancellationToken.None);
        await storage.RemoveImageAsync("pi", CancellationToken.None);
        Assert.Empty(box.Leftovers());
    }

    [Theory]
    [InlineData("btrfs")]
    [InlineData("ext4")]
    public async Task A_disk_has_its_own_uuid_secret_and_names(string filesystem)
    {
        await using Box box = await Box.MakeAsync(filesystem);
        using StorageService storage = box.Open();
        await storage.AddImageAsync(await new PiImage().MakeAsync(box.Folder), "pi", null, CancellationToken.None);
        ClientRoot one = await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Iscsi), CancellationToken.None);
        ClientRoot two = await storage.PrepareRootAsync(Box.Request("pi-2", RootKind.Iscsi), CancellationToken.None);
        string disk = $"{box.Data}/clients/pi-1/states/1/disk.img";

        Assert.NotEqual(one.FilesystemUuid, two.FilesystemUuid);
        Assert.NotEqual(one.ChapSecret, two.ChapSecret);
        Assert.Matches("^[a-z0-9]{16}$", one.ChapSecret);
        Assert.Equal("iqn.2026-01.org.bramble:pi-1", one.TargetName);
        Assert.Equal(one.FilesystemUuid, await Shell.RunAsync($"blkid -p -s UUID -o value {disk}"));
        Assert.Equal("600", await Shell.RunAsync($"stat -c %a {disk}"));
        Assert.Equal("600", await Shell.RunAsync($"stat -c %a {box.Data}/clients/pi-1/states/1/state.json"));
        Assert.Equal("clean", await Shell.RunAsync($"e2fsck -fn {disk} >/dev/null 2>&1 && echo clean"));
        Assert.Equal("pi-1", await Shell.RunAsync($"debugfs -R 'cat /etc/hostname' {disk} 2>/dev/null"));
        Assert.Contains($"UUID={one.FilesystemUuid} / ext4", await Shell.RunAsync($"debugfs -R 'cat /etc/fstab' {disk} 2>/dev/null"), StringComparison.Ordinal);
        Assert.Contains(one.InitiatorName!, await Shell.RunAsync($"debugfs -R 'cat /etc/iscsi/initiatorname.iscsi' {disk} 2>/dev/null"), StringComparison.Ordinal);
        Assert.Contains("Mode:  0600", await Shell.RunAsync($"debugfs -R 'stat /etc/bramble/beacon.conf' {disk} 2>/dev/null"), StringComparison.Ordinal);

        Assert.Equal(one, await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Iscsi), CancellationToken.None));
        await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Iscsi) with { HostName = "kitchen" }, CancellationToken.None);
        Assert.Equal("kitchen", await Shell.RunAsync($"debugfs -R 'cat /etc/hostname' {disk} 2>/dev/null"));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));
    }

    [Fact]
    public async Task A_root_is_mounted_as_its_image_can_unless_somebody_asks_for_something_else()
    {
        await using Box box = await Box.MakeAsync();
        using StorageService storage = box.Open();
        const string Modules = "mkdir -p usr/lib/modules/6.12-v8; echo kernel/fs/nfs/nfsv4.ko > usr/lib/modules/6.12-v8/modules.builtin";
        ImageInfo klibc = await storage.AddImageAsync(await new PiImage().MakeAsync(box.Folder, "klibc.img"), null, null, CancellationToken.None);
        ImageInfo kernel = await storage.AddImageAsync(await new PiImage { WithInitramfs = false, Extra = Modules }.MakeAsync(box.Folder, "kernel.img"), null, null, CancellationToken.None);
        Assert.Equal((true, false, true, false), (klibc.CanNfs, klibc.CanNfs41, kernel.CanNfs41, kernel.CanOverlay));

        async Task<string> MountsAsync(string client, string image, string? asked)
        {
            ClientRoot root = await storage.PrepareRootAsync(Box.Request(client, image: image) with { Nfs = asked }, CancellationToken.None);
            return $"{root.NfsVersion} {root.NfsOptions}";
        }

        Assert.Equal("3 vers=3,tcp,rsize=131072,wsize=131072", await MountsAsync("pi-1", "klibc", null));
        Assert.Equal("4.1 vers=4.1,proto=tcp,rsize=131072,wsize=131072", await MountsAsync("pi-2", "kernel", null));
        Assert.StartsWith("3 vers=3,", await MountsAsync("pi-2", "kernel", "3"), StringComparison.Ordinal);
        Assert.Contains("\"nfsVersion\": \"3\"", await File.ReadAllTextAsync($"{box.Data}/clients/pi-2/current/state.json"), StringComparison.Ordinal);
        await AssertRefusedAsync("no nfsv4 module", () => MountsAsync("pi-3", "klibc", "4.1"));
        await AssertRefusedAsync("use 3 or 4.1", () => MountsAsync("pi-3", "klibc", "4"));
        await AssertRefusedAsync("NFS v3 only", () => storage.PrepareRootAsync(Box.Request("pi-4", RootKind.Overlay, "klibc") with { Nfs = "4.1" }, CancellationToken.None));
        Assert.Equal(["pi-1", "pi-2"], Directory.EnumerateDirectories($"{box.Data}/clients").Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task An_image_with_klibcs_program_is_given_NFS_v4_1_by_what_is_sent_behind_its_initramfs()
    {
        await using Box box = await Box.MakeAsync();
        using StorageService storage = box.Open();
        PiImage made = new() { Extra = "mkdir -p usr/lib/modules/6.12-v8; echo kernel/fs/nfs/nfsv4.ko > usr/lib/modules/6.12-v8/modules.builtin" };
        ImageInfo image = await storage.AddImageAsync(await made.MakeAsync(box.Folder), "pi", null, CancellationToken.None);
        await storage.AddImageAsync(await (made with { WithInitramfs = false }).MakeAsync(box.Folder), "kernel", null, CancellationToken.None);
        Assert.Equal((true, false, true), (image.CanNfs, image.CanNfs41, image.CanBeGivenNfs41));

        // By itself it stays at v3. Asked for, v4.1 comes with a script, and no file is another one.
        ClientRoot root = await PrepareAsync(null);
        Assert.Equal(("3", null, null), (root.NfsVersion, root.BootScript, InitramfsFile.ArchiveBehind(root)));
        root = await PrepareAsync("4.1");
        Assert.Equal(("4.1", "bramble-nfs"), (root.NfsVersion, root.BootScript));
        Assert.Equal(await File.ReadAllBytesAsync($"{image.BootFolder}/initramfs8"), await File.ReadAllBytesAsync($"{root.BootFolder}/initramfs8"));

        // The script does what the image's own asks of klibc's program, with the kernel's words, and ends as the mount does.
        await File.WriteAllBytesAsync($"{box.Folder}/archive", InitramfsFile.ArchiveBehind(root)!);
        Assert.Equal(
            "644 scripts/bramble-nfs\nmodprobe -q nfsv4\nmount -t nfs4 -o nolock,rw,vers=4.1,proto=tcp,addr=192.168.7.1 192.168.7.1:/srv/a b /root\n32",
            await Shell.RunAsync($"""
                cd {box.Folder}; mkdir unpacked; cd unpacked; busybox cpio -idm <../archive 2>/dev/null; find . -type f -printf '%m %P\n'
                busybox sh -uc '. scripts/bramble-nfs; modprobe() (echo modprobe $*; return 1); mount() (echo mount $*; return 32)
                    nfsmount -o nolock -o rw -o vers=4.1,proto=tcp "192.168.7.1:/srv/a b" /root; echo $?'
                """));

        // Another image is looked at anew, and the way back too.
        RootChange change = await storage.ChangeImageAsync("pi-1", "kernel", [], null, CancellationToken.None);
        Assert.Equal(("4.1", null), Mounts(await PrepareAsync("4.1", "kernel")));
        await storage.RollBackAsync("pi-1", change.Kept, null, CancellationToken.None);
        Assert.Equal(("4.1", "bramble-nfs"), Mounts(await PrepareAsync("4.1")));
        Assert.Equal(("4.1", "bramble-nfs"), Mounts(await storage.DuplicateAsync("pi-1", "pi-2", null, CancellationToken.None)));
        Assert.Equal(("3", null), Mounts(await PrepareAsync("3")));

        // An older Bramble did not look for it: it is refused until somebody looks again.
        await Shell.RunAsync($"sed -i '/canBeGivenNfs41/d' {box.Data}/images/pi/image.json");
        await AssertRefusedAsync("'bramble image check pi'", () => PrepareAsync("4.1"));
        Assert.Empty(await storage.CheckImageAsync("pi", CancellationToken.None));
        Assert.Equal(("4.1", "bramble-nfs"), Mounts(await PrepareAsync("4.1")));

        Task<ClientRoot> PrepareAsync(string? asked, string image = "pi") => storage.PrepareRootAsync(Box.Request("pi-1", image: image) with { Nfs = asked }, CancellationToken.None);

        static (string?, string?) Mounts(ClientRoot root) => (root.NfsVersion, root.BootScript);
    }

    [Fact]
    public async Task An_image_without_iscsistart_is_refused_an_iscsi_root_with_the_fix()
    {
        await using Box box = await Box.MakeAsync();
        using StorageService storage = box.Open();
        ImageInfo image = await storage.AddImageAsync(await new PiImage { WithIscsi = false }.MakeAsync(box.Folder), "pi", null, CancellationToken.None);
        Assert.False(image.CanIscsi);
        await AssertRefusedAsync("bramble image prepare pi --iscsi", () => storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Iscsi), CancellationToken.None));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/clients"));
    }

    [Fact]
    public async Task A_full_disk_stops_a_clone_and_nothing_is_left()
    {
        await using Box box = await Box.MakeAsync("ext4", "30M");
        using StorageService storage = box.Open();
        await storage.AddImageAsync(await new PiImage { Extra = "head -c 8M /dev/urandom > home/pi/big" }.MakeAsync(box.Folder), "pi", null, CancellationToken.None);
        await storage.PrepareRootAsync(Box.Request("pi-1"), CancellationToken.None);
        await AssertRefusedAsync("space", () => storage.PrepareRootAsync(Box.Request("pi-2"), CancellationToken.None));
        await AssertRefusedAsync("space", () => storage.PrepareRootAsync(Box.Request("pi-3", RootKind.Iscsi), CancellationToken.None));
        Assert.Equal(["pi-1"], Directory.EnumerateDirectories($"{box.Data}/clients").Select(Path.GetFileName));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));
    }

    internal static async Task AssertRefusedAsync(string words, Func<Task> operation) =>
        Assert.Contains(words, (await Assert.ThrowsAsync<StorageException>(operation)).Message, StringComparison.Ordinal);
}
