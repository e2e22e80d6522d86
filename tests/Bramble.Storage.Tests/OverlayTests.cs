using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

/// <summary>Roots that are not the client's alone: the image itself with a layer of memory, and another server's.</summary>
[Trait("kind", "integration")]
public sealed class OverlayTests
{
    private const string Token = "00112233445566778899aabbccddeeff";

    [Theory]
    [InlineData(null)]
    [InlineData("btrfs")]
    public async Task An_overlay_has_the_images_root_and_an_initramfs_of_its_own(string? filesystem)
    {
        await using Box box = await Box.MakeAsync(filesystem);
        StorageService storage = await WithImageAsync(box);
        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Overlay), CancellationToken.None);
        Assert.Equal($"{box.Data}/images/pi/root", root.RootFolder);
        Assert.Equal("boot state.json", await Shell.RunAsync($"ls -A {box.Data}/clients/pi-1/states/1 | xargs"));

        // What the kernel does: it unpacks one archive after the other. The first part is gzip, which ignores what follows it.
        string image = $"{box.Data}/images/pi/boot/initramfs8";
        string unpacked = await Shell.RunAsync($"""
            cd {box.Folder}; mkdir unpacked; cd unpacked
            size=$(stat -c %s {image}); cmp -n $size {image} {root.BootFolder}/initramfs8
            tail -c +$(( (size + 511) / 512 * 512 + 1 )) {root.BootFolder}/initramfs8 | busybox cpio -idm 2>/dev/null
            stat -c %a {root.BootFolder}/initramfs8
            find . -type f -printf '%m %P\n' | sort -k 2
            cat bramble/root/etc/hostname; cat bramble/root/etc/machine-id
            cmp bramble/root/etc/ssh/ssh_host_ed25519_key {box.Data}/clients/pi-1/ssh/ssh_host_ed25519_key; test ! -s bramble/root/etc/systemd/system/regenerate_ssh_host_keys.service
            sh -n scripts/bramble-overlay; grep -c 'bramble_put 077 etc/bramble/beacon.conf' scripts/bramble-overlay
            """);
        Assert.Matches(
            "^644\n600 bramble/root/etc/bramble/beacon.conf\n644 bramble/root/etc/hostname\n644 bramble/root/etc/hosts\n644 bramble/root/etc/machine-id\n600 bramble/root/etc/ssh/ssh_host_ecdsa_key\n644 bramble/root/etc/ssh/ssh_host_ecdsa_key.pub\n600 bramble/root/etc/ssh/ssh_host_ed25519_key\n644 bramble/root/etc/ssh/ssh_host_ed25519_key.pub\n600 bramble/root/etc/ssh/ssh_host_rsa_key\n644 bramble/root/etc/ssh/ssh_host_rsa_key.pub\n644 bramble/root/etc/systemd/system/regenerate_ssh_host_keys.service\n644 scripts/bramble-overlay\npi-1\n[0-9a-f]{32}\n1$",
            unpacked);

        Assert.Equal("700", await Shell.RunAsync($"stat -c %a {box.Data}/clients/pi-1/ssh"));
        Assert.DoesNotContain(await storage.ListEditsAsync("pi-1", CancellationToken.None), static edit => (edit.Before + edit.After).Contains("PRIVATE", StringComparison.Ordinal));

        // The same again changes nothing; another name changes it.
        await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Overlay), CancellationToken.None);
        string before = await Shell.RunAsync($"sha256sum < {root.BootFolder}/initramfs_2712");
        await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Overlay) with { HostName = "kiosk" }, CancellationToken.None);
        Assert.NotEqual(before, await Shell.RunAsync($"sha256sum < {root.BootFolder}/initramfs_2712"));
        Assert.Contains("kiosk", await Shell.RunAsync($"tail -c 10000 {root.BootFolder}/initramfs_2712 | strings"), StringComparison.Ordinal);

        // The image is as it was, and is held.
        Assert.Equal("raspberrypi", await Shell.RunAsync($"cat {box.Data}/images/pi/root/etc/hostname"));
        await RootTests.AssertRefusedAsync("in use by pi-1", () => storage.RemoveImageAsync("pi", CancellationToken.None));
    }

    [Fact]
    public async Task Two_overlays_share_the_image_which_nobody_can_write_to()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = await WithImageAsync(box);
        box.Units.OnReload = _ => box.Export();
        foreach ((string client, string address) in new[] { ("pi-1", "192.168.7.20"), ("pi-2", "192.168.7.21") })
        {
            await storage.PrepareRootAsync(Box.Request(client, RootKind.Overlay), CancellationToken.None);
            await storage.PublishRootAsync(client, address, CancellationToken.None);
        }

        string[] lines = [.. File.ReadLines(box.Options.ExportsFile).Skip(1)];
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.StartsWith($"{box.Data}/images/pi/root 192.168.7.2", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains("(ro,", line, StringComparison.Ordinal));
        Assert.Equal(lines[0][lines[0].IndexOf("fsid", StringComparison.Ordinal)..], lines[1][lines[1].IndexOf("fsid", StringComparison.Ordinal)..]);
        await storage.RemoveRootAsync("pi-1", CancellationToken.None);
        Assert.Contains("192.168.7.21", Assert.Single(File.ReadLines(box.Options.ExportsFile).Skip(1)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_client_without_a_root_of_its_own_cannot_have_is_refused()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        StorageService storage = await WithImageAsync(box);
        await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Overlay), CancellationToken.None);
        await storage.PrepareRootAsync(Box.Request("pi-2"), CancellationToken.None);
        Func<Task>[] refused =
        [
            () => storage.CreateSnapshotAsync("pi-1", "x", SnapshotCause.Hand, null, CancellationToken.None),
            () => storage.RollBackAsync("pi-1", null, null, CancellationToken.None),
            () => storage.PromoteAsync("pi-1", "other", null, CancellationToken.None),
            () => storage.DuplicateAsync("pi-1", "pi-3", null, CancellationToken.None),
        ];
        foreach (Func<Task> one in refused)
            await RootTests.AssertRefusedAsync("no root of its own", one);
        Assert.Equal("pi-2", Assert.Single(await storage.TakeScheduledAsync(Retention.Default, CancellationToken.None)).Client);

        await storage.ResetAsync("pi-1", null, CancellationToken.None);
        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Overlay), CancellationToken.None);
        Assert.Equal(2, root.State);

        // The host keys are the client's, whatever becomes of its root.
        string key = (await File.ReadAllTextAsync($"{box.Data}/clients/pi-1/ssh/ssh_host_ed25519_key.pub")).Trim();
        Assert.EndsWith(" root@pi-1", key, StringComparison.Ordinal);
        Assert.Contains(key, await Shell.RunAsync($"strings -n 20 {root.BootFolder}/initramfs8"), StringComparison.Ordinal);
        Assert.Contains(Token, await Shell.RunAsync($"tail -c 10000 {root.BootFolder}/initramfs8 | strings"), StringComparison.Ordinal);
        Assert.Empty(await storage.ExamineAsync(mend: false, null, CancellationToken.None));
    }

    [Fact]
    public async Task An_overlay_gets_another_image_and_back_and_holds_the_one_that_it_runs_on()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        StorageService storage = await WithImageAsync(box);
        box.Units.OnReload = _ => box.Export();
        await storage.PrepareRootAsync(Box.Request("pi-2"), CancellationToken.None);
        await storage.PromoteAsync("pi-2", "pi@2", null, CancellationToken.None);
        await storage.RemoveRootAsync("pi-2", CancellationToken.None);
        await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Overlay), CancellationToken.None);
        await storage.PublishRootAsync("pi-1", "192.168.7.20", CancellationToken.None);

        RootChange change = await storage.ChangeImageAsync("pi-1", "pi@2", ["/home"], null, CancellationToken.None);
        await RootTests.AssertRefusedAsync("in use by pi-1", () => storage.RemoveImageAsync("pi", CancellationToken.None));
        RootChange back = await storage.RollBackAsync("pi-1", change.Kept, null, CancellationToken.None);
        Assert.Equal("pi", back.Image);
        Assert.Equal($"{box.Data}/images/pi/root", (await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Overlay), CancellationToken.None)).RootFolder);

        // It boots with the new one: then the old one is free, and with it the way back is gone.
        RootChange again = await storage.ChangeImageAsync("pi-1", "pi@2", [], null, CancellationToken.None);
        await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Overlay, "pi@2"), CancellationToken.None);
        await storage.PublishRootAsync("pi-1", "192.168.7.20", CancellationToken.None);
        await storage.RemoveImageAsync("pi", CancellationToken.None);
        await RootTests.AssertRefusedAsync("no image pi", () => storage.RollBackAsync("pi-1", again.Kept, null, CancellationToken.None));
    }

    [Fact]
    public async Task An_image_whose_initramfs_cannot_reach_the_root_is_refused()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = box.Open();
        await storage.StartAsync(CancellationToken.None);
        await new PowerCuts.World(box).AddImageAsync("bare");
        await RootTests.AssertRefusedAsync("without an initramfs", () => storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Overlay, "bare"), CancellationToken.None));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/clients"));
    }

    [Fact]
    public async Task A_root_on_another_server_gets_its_boot_files_here()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = await WithImageAsync(box);
        box.Units.OnReload = _ => box.Export();
        RootRequest request = Box.Request("pi-1", RootKind.External) with { External = "iscsi://u%secretsecret@192.168.7.9/iqn.2001-01.org.example:disk" };
        ClientRoot root = await storage.PrepareRootAsync(request, CancellationToken.None);
        Assert.Null(root.RootFolder);
        Assert.Null(root.TargetName);
        Assert.Equal((request.External, "iqn.2026-01.org.bramble.client:pi-1"), (root.External, root.InitiatorName));
        Assert.True(File.Exists($"{root.BootFolder}/kernel8.img"));
        await storage.PublishRootAsync("pi-1", "192.168.7.20", CancellationToken.None);
        Assert.StartsWith(root.BootFolder + " 192.168.7.20(", Assert.Single(File.ReadLines(box.Options.ExportsFile).Skip(1)), StringComparison.Ordinal);

        // What says that it is up comes with the initramfs, and goes into /run.
        Assert.Equal("bramble-external", root.BootScript);
        Assert.Equal(
            "600 bramble/run/beacon.conf\n644 bramble/run/bramble-up-external.service\n644 bramble/run/up\n644 scripts/bramble-external",
            await Shell.RunAsync($"""
                cd {box.Folder}; mkdir unpacked; cd unpacked; size=$(stat -c %s {box.Data}/images/pi/boot/initramfs8)
                tail -c +$(( (size + 511) / 512 * 512 + 1 )) {root.BootFolder}/initramfs8 | busybox cpio -idm 2>/dev/null
                find . -type f -printf '%m %P\n' | sort -k 2; sh -n scripts/bramble-external; bash -n bramble/run/up; grep -q /run/bramble/beacon.conf bramble/run/up; grep -q "ExecStart=/bin/bash /run/bramble/up" bramble/run/*.service
                """));

        // It may move to another place without being made anew.
        Assert.Equal("nfs://192.168.7.9/srv/x", (await storage.PrepareRootAsync(request with { External = "nfs://192.168.7.9/srv/x" }, CancellationToken.None)).External);
        await RootTests.AssertRefusedAsync("another server", () => storage.PrepareRootAsync(request with { External = "nfs://x/y" }, CancellationToken.None));
        Assert.DoesNotContain("secretsecret", $"{request}{root}", StringComparison.Ordinal);
    }

    private static async Task<StorageService> WithImageAsync(Box box)
    {
        StorageService storage = box.Open();
        await storage.AddImageAsync(await new PiImage { Extra = "touch usr/lib/systemd/system/regenerate_ssh_host_keys.service" }.MakeAsync(box.Folder), "pi", null, CancellationToken.None);
        return storage;
    }
}
