using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

/// <summary>A client gets another image, stays the machine that it is, keeps its people's files, and can go back.</summary>
[Trait("kind", "integration")]
public sealed class UpdateTests
{
    private const string HostKey = "the client's own key";

    [Theory]
    [InlineData("btrfs", RootKind.Nfs)]
    [InlineData(null, RootKind.Nfs)]
    [InlineData("btrfs", RootKind.Iscsi)]
    [InlineData("ext4", RootKind.Iscsi)]
    public async Task Identity_and_named_paths_are_carried_over_and_nothing_else(string? filesystem, RootKind kind)
    {
        await using Box box = await Box.MakeAsync(filesystem, "900M");
        StorageService storage = await LiveAsync(box, kind);
        RootChange change = await storage.ChangeImageAsync("pi-1", "pi@2", ["/home", "/etc/kept.conf", "/not/there"], null, CancellationToken.None);
        Assert.Equal(("pi@2", "pi@2"), (change.Source, change.Image));
        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1", kind, "pi@2"), CancellationToken.None);
        Assert.Equal(2, root.State);
        string seen = await ReadAsync(root, """
            cat etc/machine-id etc/ssh/ssh_host_ed25519_key home/pi/mine etc/kept.conf version etc/hostname
            stat -c '%a %U' etc/ssh/ssh_host_ed25519_key; stat -c '%u:%g' home/pi/mine; ls var/lib/other 2>/dev/null || echo none
            """);
        Assert.Equal($"00000000000000000000000000000001\n{HostKey}\nmine\nkept\n2\npi-1\n600 root\n1000:1000\nnone", seen);

        // The same again does nothing, and says what was done.
        Assert.Equal(change, await storage.ChangeImageAsync("pi-1", "pi@2", [], null, CancellationToken.None));

        // Back, across images.
        RootChange back = await storage.RollBackAsync("pi-1", change.Kept, null, CancellationToken.None);
        Assert.Equal("pi", back.Image);
        root = await storage.PrepareRootAsync(Box.Request("pi-1", kind), CancellationToken.None);
        Assert.Equal("1\nother", await ReadAsync(root, "cat version var/lib/other"));
        Assert.DoesNotContain(await storage.ExamineAsync(mend: false, null, CancellationToken.None), static one => one.Code is not ("export" or "target"));
    }

    [Theory]
    [InlineData("btrfs", RootKind.Nfs, RootKind.Iscsi)]
    [InlineData("ext4", RootKind.Iscsi, RootKind.Nfs)]
    public async Task Another_kind_of_root_keeps_the_machine_and_the_way_back(string filesystem, RootKind kind, RootKind other)
    {
        await using Box box = await Box.MakeAsync(filesystem, "900M");
        StorageService storage = await LiveAsync(box, kind);
        RootChange change = await storage.ChangeKindAsync("pi-1", other, null, ["/home"], null, CancellationToken.None);
        Assert.Equal(("pi", other), (change.Image, change.Kind));
        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => storage.PrepareRootAsync(Box.Request("pi-1", kind), CancellationToken.None));
        Assert.Contains($"bramble client root pi-1 {kind.ToString().ToLowerInvariant()}", refused.Message, StringComparison.Ordinal);
        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1", other), CancellationToken.None);
        Assert.Equal((2, other), (root.State, root.Kind));
        Assert.Equal(
            $"00000000000000000000000000000001\n{HostKey}\nmine\n1\nnone",
            await ReadAsync(root, "cat etc/machine-id etc/ssh/ssh_host_ed25519_key home/pi/mine version; ls var/lib/other 2>/dev/null || echo none"));

        // The same again does nothing.
        Assert.Equal("", (await storage.ChangeKindAsync("pi-1", other, null, [], null, CancellationToken.None)).Kept);

        SnapshotInfo kept = Assert.Single(await storage.ListSnapshotsAsync("pi-1", CancellationToken.None));
        Assert.Equal((change.Kept, SnapshotCause.Root, kind), (kept.Name, kept.Cause, kept.Kind));
        Assert.Equal(kind, (await storage.RollBackAsync("pi-1", kept.Name, null, CancellationToken.None)).Kind);
        root = await storage.PrepareRootAsync(Box.Request("pi-1", kind), CancellationToken.None);
        Assert.Equal("1\nother", await ReadAsync(root, "cat version var/lib/other"));
    }

    [Fact]
    public async Task A_root_that_is_made_elsewhere_leaves_the_one_here_as_a_snapshot()
    {
        await using Box box = await Box.MakeAsync("btrfs", "900M");
        StorageService storage = await LiveAsync(box, RootKind.Nfs);
        const string elsewhere = "nfs://10.0.0.9/srv/pi-1";
        RootChange change = await storage.ChangeKindAsync("pi-1", RootKind.External, elsewhere, ["/home"], null, CancellationToken.None);
        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.External) with { External = elsewhere }, CancellationToken.None);
        Assert.Equal((RootKind.External, elsewhere), (root.Kind, root.External));

        RootChange back = await storage.RollBackAsync("pi-1", change.Kept, null, CancellationToken.None);
        root = await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Nfs), CancellationToken.None);
        Assert.Equal("other", await ReadAsync(root, "cat var/lib/other"));
        await RootTests.AssertRefusedAsync("bramble client root pi-1 ADDRESS", () => storage.RollBackAsync("pi-1", back.Kept, null, CancellationToken.None));
    }

    [Fact]
    public async Task A_link_that_the_client_has_laid_leads_nowhere_out_of_its_root()
    {
        await using Box box = await Box.MakeAsync("btrfs", "900M");
        StorageService storage = await LiveAsync(box, RootKind.Nfs);
        await Shell.RunAsync($"""
            mkdir -p {box.Folder}/host; echo secret > {box.Folder}/host/secret
            cd {box.Data}/clients/pi-1/current/root
            ln -s {box.Folder}/host link; ln -s ../../../../../../../../../../../{box.Folder}/host up; rm etc/kept.conf; ln -s {box.Folder}/host/secret etc/kept.conf
            ln -s /home/pi inside
            """);
        await storage.ChangeImageAsync("pi-1", "pi@2", ["/link", "/up", "/etc/kept.conf", "/inside"], null, CancellationToken.None);
        Assert.Equal("", await Shell.RunAsync($"grep -rl secret {box.Data}/clients/pi-1/current/root || true"));
        Assert.Equal("mine", await Shell.RunAsync($"cat {box.Data}/clients/pi-1/current/root/inside/mine"));
        Assert.Equal("secret", await Shell.RunAsync($"ls {box.Folder}/host"));
    }

    [Theory]
    [InlineData("home")]
    [InlineData("/")]
    [InlineData("/a/../../etc")]
    [InlineData("/a\nb")]
    [InlineData("/a//b")]
    public async Task What_is_no_path_in_a_root_is_refused(string path)
    {
        await using Box box = await Box.MakeAsync();
        using StorageService storage = box.Open();
        await RootTests.AssertRefusedAsync("not a path in a root", () => storage.ChangeImageAsync("pi-1", "pi@2", [path], null, CancellationToken.None));
    }

    private static async Task<StorageService> LiveAsync(Box box, RootKind kind)
    {
        StorageService storage = box.Open();
        foreach (string version in new[] { "1", "2" })
        {
            string image = await new PiImage { Extra = $"echo {version} > version" }.MakeAsync(box.Folder, $"pi{version}.img");
            await storage.AddImageAsync(image, version == "1" ? "pi" : "pi@2", null, CancellationToken.None);
            File.Delete(image);
        }

        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1", kind), CancellationToken.None);
        await ReadAsync(root, $"""
            echo 00000000000000000000000000000001 > etc/machine-id; echo "{HostKey}" > etc/ssh/ssh_host_ed25519_key; chmod 600 etc/ssh/ssh_host_ed25519_key
            echo mine > home/pi/mine; chown 1000:1000 home/pi/mine; echo kept > etc/kept.conf; echo other > var/lib/other
            """);
        return storage;
    }

    /// <summary>Runs words of shell in a client's root.</summary>
    private static Task<string> ReadAsync(ClientRoot root, string script) => root.RootFolder is { } folder
        ? Shell.RunAsync($"cd {folder}\n{script}")
        : Shell.InDiskAsync($"{Path.GetDirectoryName(root.BootFolder)}/disk.img", script);
}
