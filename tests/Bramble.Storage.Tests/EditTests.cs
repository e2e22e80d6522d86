using System.Globalization;
using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

/// <summary>Every change that an import or a clone makes is a named step, is reported, and can be switched off.</summary>
[Trait("kind", "integration")]
public sealed class EditTests
{
    private const string Token = "00112233445566778899aabbccddeeff";
    private const string Cloud = "mkdir -p etc/cloud; touch etc/cloud/cloud.cfg; printf 'auto eth0\\niface eth0 inet dhcp\\n' > etc/network/interfaces; touch usr/lib/systemd/systemd-timesyncd";
    private static readonly CancellationToken s_never = CancellationToken.None;

    [Fact]
    public async Task An_import_with_every_edit_switched_off_leaves_the_image_as_it_is()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = box.Open();
        string file = await new PiImage { Extra = Cloud }.MakeAsync(box.Folder);
        string[] all = [.. EditCatalogue.All.Select(static kind => kind.Name)];
        ImageInfo plain = await storage.ImportImageAsync(new ImportRequest { Source = file, Name = "plain", SkippedEdits = all }, null, null, s_never);
        ImageInfo edited = await storage.ImportImageAsync(new ImportRequest { Source = file, Name = "edited" }, null, null, s_never);
        Assert.Empty(plain.Edits);
        Assert.Equal(all, plain.SkippedEdits);
        await Shell.RunAsync($"cd {plain.RootFolder}; grep -q PARTUUID=aabbccdd-02 etc/fstab; test -s etc/machine-id; test -e etc/ssh/ssh_host_ed25519_key; test ! -e usr/lib/bramble; grep -q init= ../boot/cmdline.txt");

        // Each file belongs to one edit, so that edits are switched one by one; and what the images have more or less of is what the report says.
        Assert.All(edited.Edits.GroupBy(static edit => edit.File), static file => Assert.Single(file.Select(static edit => edit.Name).Distinct()));
        string differing = await Shell.RunAsync($"cd {box.Data}/images; {{ diff -rq --no-dereference plain/root edited/root || :; }} | sed -E 's,^Files plain/root/(.*) and .*,\\1,; s,^Only in (plain|edited)/root/?([^:]*): (.*),\\2/\\3,' | grep -v 'fifo\\|special' | sort");
        foreach (string path in differing.Split('\n'))
            Assert.Contains(edited.Edits, edit => edit.File == path.TrimStart('/') || edit.File.StartsWith(path.TrimStart('/') + "/", StringComparison.Ordinal));
        Assert.Subset(
            edited.Edits.Select(static edit => edit.Name).ToHashSet(),
            new HashSet<string> { "fstab", "cmdline", "first-boot-resize", "cloud-init", "swap", "zram", "machine-id", "ssh-host-keys", "boot-interface", "resolver", "readahead", "up-beacon" });
    }

    [Theory]
    [InlineData(null)]
    [InlineData("btrfs")]
    public async Task Edits_of_an_image_are_taken_back_and_made_again(string? filesystem)
    {
        await using Box box = await Box.MakeAsync(filesystem);
        StorageService storage = box.Open();
        ImageInfo image = await storage.AddImageAsync(await new PiImage { Extra = Cloud }.MakeAsync(box.Folder), "pi", null, s_never);
        ClientRoot client = await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Iscsi), s_never);
        string before = await Shell.RunAsync($"cd {image.RootFolder}; find . -printf '%P %M %l\\n' | sort; cat etc/fstab");
        string[] every = [.. image.Edits.Select(static edit => edit.Name).Distinct()];

        ImageInfo off = await storage.SwitchEditsAsync("pi", every, [], null, s_never);

        Assert.Empty(off.Edits);
        Assert.Equal(every.Order(), off.SkippedEdits.Order());
        await Shell.RunAsync($"""
            cd {image.RootFolder}; test ! -e ../disk.img
            grep -q '^PARTUUID=aabbccdd-02 ' etc/fstab; test "$(cat etc/machine-id)" = 0123456789abcdef0123456789abcdef; test "$(cat etc/ssh/ssh_host_ed25519_key)" = secret
            test -L etc/systemd/system/multi-user.target.wants/dphys-swapfile.service; test ! -e etc/systemd/system/dphys-swapfile.service; test ! -e etc/systemd/system/bramble-up.service
            grep -q 'iface eth0 inet dhcp' etc/network/interfaces; grep -q firstboot ../boot/cmdline.txt; test ! -e etc/cloud/cloud.cfg.d/99-bramble.cfg
            test "$(stat -c %a ../originals.json)" = 600
            """);
        Assert.Equal(off.SkippedEdits, Assert.Single(await storage.ListImagesAsync(s_never)).SkippedEdits);

        // Clients keep what they have; a new one begins with the image as it is now.
        Assert.True(File.Exists($"{client.BootFolder}/../disk.img"));
        ClientRoot second = await storage.PrepareRootAsync(Box.Request("pi-2"), s_never);
        Assert.Equal("0123456789abcdef0123456789abcdef", await Shell.RunAsync($"cat {second.RootFolder}/etc/machine-id"));

        ImageInfo on = await storage.SwitchEditsAsync("pi", [], every, null, s_never);
        Assert.Equal(image.Edits.Select(static edit => edit.ToString()).Order(), on.Edits.Select(static edit => edit.ToString()).Order());
        Assert.Equal(before, await Shell.RunAsync($"cd {image.RootFolder}; find . -printf '%P %M %l\\n' | sort; cat etc/fstab"));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));
        Assert.Empty(await storage.CheckImageAsync("pi", s_never));
    }

    [Fact]
    public async Task What_cannot_be_switched_is_refused_in_words()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = box.Open(box.Options with { SkippedEdits = ["resolver"] });
        string file = await new PiImage().MakeAsync(box.Folder);
        ImageInfo image = await storage.AddImageAsync(file, "pi", null, s_never);
        Assert.DoesNotContain(image.Edits, static edit => edit.Name == "resolver");
        await RootTests.AssertRefusedAsync("fstab, cmdline, first-boot-resize", () => storage.SwitchEditsAsync("pi", ["swop"], [], null, s_never));
        await RootTests.AssertRefusedAsync("There is no edit \"x\"", () => storage.ImportImageAsync(new ImportRequest { Source = file, SkippedEdits = ["x"] }, null, null, s_never));
        await RootTests.AssertRefusedAsync("bramble.conf", () => storage.SwitchEditsAsync("pi", [], ["resolver"], null, s_never));
        await RootTests.AssertRefusedAsync("at once", () => storage.SwitchEditsAsync("pi", ["swap"], ["swap"], null, s_never));
        await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Overlay), s_never);
        await RootTests.AssertRefusedAsync("root of pi-1", () => storage.SwitchEditsAsync("pi", ["swap"], [], null, s_never));
        await storage.RemoveRootAsync("pi-1", s_never);
        File.Delete($"{box.Data}/images/pi/originals.json");
        await RootTests.AssertRefusedAsync("--without swap", () => storage.SwitchEditsAsync("pi", ["swap"], [], null, s_never));
        Assert.Throws<StorageException>(() => box.Open(box.Options with { SkippedEdits = ["no-such-edit"] }));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));
    }

    [Theory]
    [InlineData(RootKind.Nfs)]
    [InlineData(RootKind.Iscsi)]
    public async Task What_a_clone_changes_is_reported_once_with_what_was_there_at_first(RootKind kind)
    {
        await using Box box = await Box.MakeAsync("btrfs");
        StorageService storage = box.Open();
        await storage.AddImageAsync(await new PiImage { Extra = Cloud }.MakeAsync(box.Folder), "pi", null, s_never);
        RootRequest request = Box.Request("pi-1", kind) with { TimeServers = "192.168.7.1 192.168.7.2" };
        await storage.PrepareRootAsync(request, s_never);
        await storage.PrepareRootAsync(request, s_never);
        await storage.PrepareRootAsync(request with { HostName = "kiosk" }, s_never);

        IReadOnlyList<EditStep> edits = await storage.ListEditsAsync("pi-1", s_never);

        Assert.Equal(edits.Count, edits.DistinctBy(static edit => edit.File).Count());
        Assert.Equal(("raspberrypi", "kiosk"), edits.Where(static edit => edit.File == "etc/hostname").Select(static edit => (edit.Before, edit.After)).Single());
        Assert.Contains("NTP=192.168.7.1 192.168.7.2", Assert.Single(edits, static edit => edit.Name == "time").After, StringComparison.Ordinal);
        EditStep fstab = Assert.Single(edits, static edit => edit.Name == "fstab");
        Assert.DoesNotContain(" nfs ", fstab.Before, StringComparison.Ordinal);
        Assert.Contains("rsize=131072,wsize=131072", await InRootAsync(box, "pi-1", kind, "cat etc/fstab"), StringComparison.Ordinal);
        Assert.DoesNotContain(edits, static edit => (edit.Before + edit.After).Contains(Token, StringComparison.Ordinal));
        Assert.Equal(kind == RootKind.Iscsi, edits.Any(static edit => edit.Name == "iscsi-initiator"));

        // A fresh clone begins its report anew.
        await storage.ResetAsync("pi-1", null, s_never);
        Assert.DoesNotContain(await storage.ListEditsAsync("pi-1", s_never), static edit => edit.Name == "hostname");
        StorageException none = await Assert.ThrowsAsync<StorageException>(() => storage.ListEditsAsync("pi-2", s_never));
        Assert.Equal(StorageException.NoRoot, none.Code);
    }

    [Fact]
    public async Task What_is_switched_off_for_an_image_is_not_done_to_its_clones()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = box.Open(box.Options with { SkippedEdits = ["time"] });
        await storage.ImportImageAsync(
            new ImportRequest { Source = await new PiImage { Extra = Cloud }.MakeAsync(box.Folder), Name = "pi", SkippedEdits = ["hostname", "up-beacon", "fstab", "transfer-size", "machine-id"] }, null, null, s_never);
        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1") with { TimeServers = "192.168.7.1" }, s_never);
        Assert.Empty(await storage.ListEditsAsync("pi-1", s_never));
        await Shell.RunAsync($"cd {root.RootFolder}; test \"$(cat etc/hostname)\" = raspberrypi; test ! -e etc/bramble; test -s etc/machine-id; ! grep -q nfs etc/fstab; test ! -e etc/systemd/timesyncd.conf.d");
        Assert.Equal(("3", "vers=3,tcp"), (root.NfsVersion, root.NfsOptions));
    }

    private static Task<string> InRootAsync(Box box, string client, RootKind kind, string script) => kind == RootKind.Nfs
        ? Shell.RunAsync($"cd {box.Data}/clients/{client}/current/root; {script}")
        : Shell.InDiskAsync($"{box.Data}/clients/{client}/current/disk.img", script, "ro,noload");
}
