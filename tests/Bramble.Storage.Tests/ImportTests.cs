using Bramble.Linux.Btrfs;
using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

[Trait("kind", "integration")]
public sealed class ImportTests
{
    [Theory]
    [InlineData(null, "dos", "")]
    [InlineData("btrfs", "gpt", "xz -T0 -1")]
    [InlineData("ext4", "dos", "zstd -q --rm")]
    [InlineData("btrfs", "dos", "gzip -1")]
    public async Task An_image_becomes_a_boot_tree_and_a_root_tree(string? filesystem, string label, string pack)
    {
        await using Box box = await Box.MakeAsync(filesystem);
        string file = await new PiImage { Label = label }.MakeAsync(box.Folder);
        if (pack.Length > 0)
        {
            // The name says nothing about the packing.
            await Shell.RunAsync($"cd {box.Folder}; {pack} pi.img; mv pi.img.* pi.img");
        }

        File.CreateSymbolicLink($"{box.Folder}/link", file);
        string sha = (await Shell.RunAsync($"sha256sum {file}"))[..64];
        List<ImportProgress> steps = [];
        using StorageService storage = box.Open();
        ImageInfo image = await storage.AddImageAsync($"{box.Folder}/link", "pi", new Sink(steps), CancellationToken.None);

        Assert.Equal("pi.img", image.Source);
        Assert.Equal(sha, image.Sha256);
        Assert.Equal("Debian GNU/Linux 13 (trixie)", image.Distribution);
        Assert.Equal("/boot/firmware", image.BootMountPoint);
        Assert.True(image.CanNfs);
        Assert.True(image.CanIscsi);
        Assert.Equal(["initramfs8", "initramfs_2712"], image.Initramfs.Select(one => one.File));
        Assert.Equal(filesystem == "btrfs", BtrfsSubvolume.IsSubvolume(Path.GetDirectoryName(image.RootFolder)!));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));
        Assert.Contains(steps, step => step.Step == "Copying the root tree");

        string root = image.RootFolder;
        Assert.Equal("4755 0 0", await Shell.RunAsync($"stat -c '%a %u %g' {root}/usr/bin/sudo"));
        Assert.Equal("640 0 42", await Shell.RunAsync($"stat -c '%a %u %g' {root}/etc/shadow"));
        Assert.Equal("2 1000 1577934245", await Shell.RunAsync($"stat -c '%h %u %Y' {root}/home/pi/one"));
        Assert.Equal("character special file 1 3", await Shell.RunAsync($"stat -c '%F %t %T' {root}/dev/null"));
        Assert.Equal("fifo", await Shell.RunAsync($"stat -c '%F' {root}/var/pipe"));
        Assert.False(Directory.Exists($"{root}/lost+found"));
        Assert.Equal("overlay\n", await File.ReadAllTextAsync($"{image.BootFolder}/overlays/disable-wifi.dtbo"));

        Assert.Equal("console=serial0,115200 console=tty1 root=PARTUUID=aabbccdd-02 rootwait quiet\n", await File.ReadAllTextAsync($"{image.BootFolder}/cmdline.txt"));
        Assert.DoesNotContain(await File.ReadAllLinesAsync($"{root}/etc/fstab"), line => line.StartsWith("PARTUUID", StringComparison.Ordinal));
        Assert.Empty(await File.ReadAllTextAsync($"{root}/etc/machine-id"));
        Assert.False(File.Exists($"{root}/var/lib/dbus/machine-id"));
        Assert.False(File.Exists($"{root}/var/swap"));
        Assert.Equal(["ssh_config"], Directory.EnumerateFiles($"{root}/etc/ssh").Select(Path.GetFileName));
        Assert.Equal("/dev/null", new FileInfo($"{root}/etc/systemd/system/rpi-resize.service").LinkTarget);
        Assert.Equal("/dev/null", new FileInfo($"{root}/etc/systemd/system/dphys-swapfile.service").LinkTarget);
        Assert.Equal("755", await Shell.RunAsync($"stat -c %a {root}/usr/lib/bramble/up"));
        foreach (string unit in new[] { "bramble-up.service", "bramble-ssh-host-keys.service" })
            Assert.Equal($"/etc/systemd/system/{unit}", new FileInfo($"{root}/etc/systemd/system/multi-user.target.wants/{unit}").LinkTarget);
        Assert.Subset(
            image.Edits.Select(edit => edit.Name).ToHashSet(),
            new HashSet<string> { "fstab", "cmdline", "first-boot-resize", "swap", "machine-id", "ssh-host-keys", "boot-interface", "up-beacon" });

        ImageInfo listed = Assert.Single(await storage.ListImagesAsync(CancellationToken.None));
        Assert.Equal(image.Edits, listed.Edits);
        Assert.Equal(image.RootFolder, listed.RootFolder);
    }

    [Fact]
    public async Task Bad_images_are_refused_with_the_reason_and_leave_nothing()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        using StorageService storage = box.Open();
        string good = await new PiImage().MakeAsync(box.Folder, "good.img");
        await new PiImage { Label = "gpt" }.MakeAsync(box.Folder, "gpt.img");
        await new PiImage { WithFat = false }.MakeAsync(box.Folder, "nofat.img");
        await new PiImage { WithExt = false }.MakeAsync(box.Folder, "noext.img");
        await new PiImage { Extra = "rm -rf etc; ln -s /tmp etc" }.MakeAsync(box.Folder, "noetc.img");
        await Shell.RunAsync($"""
            cd {box.Folder}
            head -c 12M good.img > short.img
            head -c 12M gpt.img > shortgpt.img
            head -c 30K good.img > tiny.img
            head -c 3M /dev/urandom > noise.img
            : > empty.img
            xz -k -1 good.img; head -c 20000 good.img.xz > broken.img.xz
            zstd -q -k good.img; head -c 20000 good.img.zst > broken.img.zst
            gzip -k good.img; head -c 20000 good.img.gz > broken.img.gz
            xz -k -1 short.img
            printf 'PK\003\004rest' > a.zip
            cp good.img badext.img; dd if=/dev/urandom of=badext.img bs=1 seek=$((18432*512+1024+0x60)) count=8 conv=notrunc status=none
            """);
        (string File, string[] Words)[] cases =
        [
            ("short.img", ["truncated", "partition 2"]),
            ("shortgpt.img", ["truncated", "GPT"]),
            ("tiny.img", ["truncated", "partition 1"]),
            ("short.img.xz", ["truncated", "partition 2"]),
            ("noise.img", ["no partition table"]),
            ("empty.img", ["empty"]),
            ("broken.img.xz", ["broken off"]),
            ("broken.img.zst", ["broken off"]),
            ("broken.img.gz", ["broken off"]),
            ("a.zip", ["zip", "damaged", "Truncated"]),
            ("nofat.img", ["no FAT partition", "1: ext4"]),
            ("noext.img", ["no ext4 partition", "1: FAT", "2: unknown"]),
            ("noetc.img", ["no operating system"]),
            ("badext.img", ["cannot be mounted"]),
            ("missing.img", ["not there"]),
        ];
        foreach ((string file, string[] words) in cases)
        {
            StorageException e = await Assert.ThrowsAsync<StorageException>(() => storage.AddImageAsync($"{box.Folder}/{file}", "x", null, CancellationToken.None));
            Assert.Contains(file, e.Message, StringComparison.Ordinal);
            foreach (string word in words)
                Assert.True(e.Message.Contains(word, StringComparison.Ordinal), $"{file}: no \"{word}\" in: {e.Message}");
            Assert.Empty(box.Leftovers());
        }

        Assert.Equal("x", (await storage.AddImageAsync(good, "x", null, CancellationToken.None)).Name);
        Assert.Contains("already", (await Assert.ThrowsAsync<StorageException>(() => storage.AddImageAsync(good, "x", null, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ext4", "24M", "cat", true)]
    [InlineData("ext4", "24M", "zstd -q -c", true)]
    [InlineData("ext4", "24M", "xz -1 -c", true)]
    [InlineData("ext4", "38M", "gzip -1 -c", true)]
    [InlineData("ext4", "200M", "gzip -1 -c", false)]
    public async Task A_full_disk_stops_an_import_and_nothing_is_left(string filesystem, string size, string pack, bool isFull)
    {
        await using Box box = await Box.MakeAsync(filesystem, size);
        await new PiImage { Extra = "head -c 9M /dev/urandom > home/pi/big; head -c 12K /dev/urandom > home/pi/more" }.MakeAsync(box.Folder, "raw.img");
        string file = $"{box.Folder}/pi.img";
        await Shell.RunAsync($"{pack} {box.Folder}/raw.img > {file}");
        using StorageService storage = box.Open(box.Options with { ReserveBytes = 12 << 20 });
        await storage.StartAsync(CancellationToken.None);
        if (!isFull)
        {
            await storage.AddImageAsync(file, null, null, CancellationToken.None);
            return;
        }

        StorageException e = await Assert.ThrowsAsync<StorageException>(() => storage.AddImageAsync(file, null, null, CancellationToken.None));
        Assert.Contains("pace", e.Message, StringComparison.Ordinal);
        Assert.Contains(file, e.Message, StringComparison.Ordinal);
        Assert.Empty(box.Leftovers());
    }

    [Fact]
    public async Task A_disk_that_fills_up_behind_our_back_leaves_nothing()
    {
        await using Box box = await Box.MakeAsync("ext4", "20M");
        string file = await new PiImage { Extra = "head -c 9M /dev/urandom > home/pi/big" }.MakeAsync(box.Folder);
        await Shell.RunAsync($"gzip -1 {file}");
        using StorageService storage = box.Open(box.Options with { ReserveBytes = -(1L << 40) });
        StorageException e = await Assert.ThrowsAsync<StorageException>(() => storage.AddImageAsync($"{file}.gz", null, null, CancellationToken.None));
        Assert.Contains("full", e.Message, StringComparison.Ordinal);
        Assert.Empty(box.Leftovers());
    }

    [Theory]
    [InlineData("Unpacking")]
    [InlineData("Copying the root tree")]
    [InlineData("Writing to the disk")]
    public async Task A_cancelled_import_leaves_nothing(string step)
    {
        await using Box box = await Box.MakeAsync("btrfs");
        string file = await new PiImage().MakeAsync(box.Folder);
        await Shell.RunAsync($"gzip -1 {file}");
        using StorageService storage = box.Open();
        using CancellationTokenSource stop = new();
        List<ImportProgress> steps = [];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => storage.AddImageAsync($"{file}.gz", null, new Sink(steps, at =>
        {
            if (at.Step == step)
                stop.Cancel();
        }), stop.Token));
        Assert.Contains(steps, at => at.Step == step);
        Assert.Empty(box.Leftovers());
    }

    [Fact]
    public async Task Links_in_an_image_do_not_lead_to_the_host()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        string victim = $"{box.Folder}/victim";
        Directory.CreateDirectory($"{victim}/ssh");
        Directory.CreateDirectory($"{victim}/systemd/system/multi-user.target.wants");
        await File.WriteAllTextAsync($"{victim}/fstab", "PARTUUID=1 / ext4 defaults 0 1\n");
        await File.WriteAllTextAsync($"{victim}/ssh/ssh_host_rsa_key", "host key of the server\n");
        await File.WriteAllTextAsync($"{victim}/hostname", "server\n");
        string before = await Shell.RunAsync($"cd {victim}; find . | sort | xargs stat -c '%n %i %s %Y'");
        string[] attacks =
        [
            $"mv etc/fstab .; rm -rf etc; ln -s {victim} etc",
            $"rm -rf etc; ln -s ../../../../../../../../..{victim} etc",
            $"rm -rf etc/ssh etc/systemd etc/fstab etc/hostname; ln -s {victim}/ssh etc/ssh; ln -s {victim}/systemd etc/systemd; ln -s {victim}/fstab etc/fstab; ln -s {victim}/hostname etc/hostname; ln -s {victim} etc/bramble; rm -rf etc/NetworkManager; ln -s {victim} etc/NetworkManager",
            $"rm etc/machine-id; ln -s {victim}/hostname etc/machine-id; ln -s {victim}/up usr/lib/bramble; rm -rf etc/hosts; mkfifo etc/hosts; rm -f etc/os-release; ln -s /dev/zero etc/os-release",
        ];
        using StorageService storage = box.Open();
        for (int i = 0; i < attacks.Length; i++)
        {
            string file = await new PiImage { Extra = attacks[i] }.MakeAsync(box.Folder, $"attack{i}.img");
            try
            {
                await storage.AddImageAsync(file, $"attack{i}", null, CancellationToken.None);
                await storage.PrepareRootAsync(Box.Request($"victim{i}", image: $"attack{i}"), CancellationToken.None);
            }
            catch (StorageException e)
            {
                Assert.Contains("attack", e.Message, StringComparison.Ordinal);
            }

            Assert.Equal(before, await Shell.RunAsync($"cd {victim}; find . | sort | xargs stat -c '%n %i %s %Y'"));
        }
    }

    [Theory]
    [InlineData("/../victim ")]
    [InlineData("..          ")]
    [InlineData("/tmp/victim ")]
    public async Task Names_in_the_boot_partition_do_not_lead_to_the_host(string name)
    {
        await using Box box = await Box.MakeAsync();
        string file = await new PiImage().MakeAsync(box.Folder);
        Fat.Rename(file, "config.txt", name[..10]);
        Fat.Rename(file, "CONFIG  TXT", name[..11]);
        Fat.Rename(file, "overlays", name[..8]);
        Fat.Rename(file, "OVERLAYS   ", name[..11]);
        using StorageService storage = box.Open();
        try
        {
            await storage.AddImageAsync(file, "x", null, CancellationToken.None);
            string image = $"{box.Data}/images/x";
            Assert.Equal(["boot", "image.json", "originals.json", "root"], Directory.EnumerateFileSystemEntries(image).Select(Path.GetFileName).Order());
        }
        catch (StorageException e)
        {
            Assert.Contains(file, e.Message, StringComparison.Ordinal);
            Assert.Empty(box.Leftovers());
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));
        Assert.Empty(Directory.EnumerateFileSystemEntries("/tmp", "victim*"));
    }

    [Fact]
    public async Task What_an_interrupted_operation_left_is_removed_at_start()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        using (StorageService storage = box.Open())
            await storage.StartAsync(CancellationToken.None);
        await Shell.RunAsync($"cd {box.Data}/tmp; mkdir -p import-1/image import-1/mount; btrfs -q subvolume create import-1/image/root; touch import-1/image/root/x; mount -t tmpfs none import-1/mount; touch import-1/mount/y disk-1.img");
        using StorageService again = box.Open();
        await again.StartAsync(CancellationToken.None);
        Assert.Empty(box.Leftovers());
    }

    [Fact]
    public async Task Two_processes_do_not_share_a_data_folder()
    {
        await using Box box = await Box.MakeAsync();
        using StorageService first = box.Open();
        using StorageService second = box.Open();
        await first.StartAsync(CancellationToken.None);
        Assert.Contains("in use", (await Assert.ThrowsAsync<StorageException>(() => second.StartAsync(CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    private sealed class Sink(List<ImportProgress> steps, Action<ImportProgress>? then = null) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            lock (steps)
                steps.Add(value);
            then?.Invoke(value);
        }
    }
}
