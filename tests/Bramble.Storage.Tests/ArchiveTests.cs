using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

/// <summary>What is exported from one server is the same on another.</summary>
[Trait("kind", "integration")]
public sealed class ArchiveTests
{
    [Theory]
    [InlineData("btrfs", null, RootKind.Nfs)]
    [InlineData(null, "btrfs", RootKind.Nfs)]
    [InlineData("btrfs", "ext4", RootKind.Iscsi)]
    [InlineData("btrfs", "btrfs", RootKind.Nfs)]
    [InlineData("btrfs", "btrfs", RootKind.Iscsi)]
    public async Task An_image_and_a_client_are_the_same_on_another_server(string? from, string? to, RootKind kind)
    {
        bool isStream = from == "btrfs" && to == "btrfs";
        await using Box here = await Box.MakeAsync(from, "900M");
        await using Box there = await Box.MakeAsync(to, "900M");
        StorageService one = here.Open();
        StorageService other = there.Open();
        await one.AddImageAsync(await new PiImage().MakeAsync(here.Folder), "pi", null, CancellationToken.None);
        ClientRoot root = await one.PrepareRootAsync(Box.Request("pi-1", kind), CancellationToken.None);
        await File.WriteAllTextAsync($"{root.BootFolder}/config.txt", "# mine\n");
        string image = await ExportAsync(one, ArchiveKind.Image, "pi", here.Folder, asTar: !isStream);
        string client = await ExportAsync(one, ArchiveKind.Client, "pi-1", here.Folder, asTar: !isStream);
        Assert.Equal(isStream, (await File.ReadAllBytesAsync(client)).AsSpan().StartsWith("bramble btrfs stream 1\n"u8));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{here.Data}/tmp"));

        await RootTests.AssertRefusedAsync("Import that image first", () => ImportAsync(other, client));
        Assert.Equal((ArchiveKind.Image, "pi"), await ImportAsync(other, image));
        Assert.Equal((ArchiveKind.Client, "pi-1"), await ImportAsync(other, client));
        Assert.Equal((ArchiveKind.Client, "pi-9"), await ImportAsync(other, client, "pi-9"));
        await RootTests.AssertRefusedAsync("already", () => ImportAsync(other, client));
        await RootTests.AssertRefusedAsync("already", () => ImportAsync(other, image));
        await one.CheckImageAsync("pi", CancellationToken.None);
        Assert.Empty(await other.ExamineAsync(mend: false, null, CancellationToken.None));

        ClientRoot imported = await other.PrepareRootAsync(Box.Request("pi-1", kind), CancellationToken.None);
        Assert.Equal("# mine\n", await File.ReadAllTextAsync($"{imported.BootFolder}/config.txt"));
        Assert.Equal(root.FilesystemUuid, imported.FilesystemUuid);
        Assert.True(root.ChapSecret is null || root.ChapSecret != imported.ChapSecret, "a secret of another server");
        if (kind == RootKind.Nfs)
        {
            const string Sums = "find . -path ./etc/fstab -prune -o -printf '%P %m %U:%G %T@ %l\\n' | sort; find . -type f ! -path ./etc/fstab -print0 | sort -z | xargs -0 sha256sum";
            Assert.Equal(await Shell.RunAsync($"cd {here.Data}/images/pi/root; {Sums}"), await Shell.RunAsync($"cd {there.Data}/images/pi/root; {Sums}"));
        }
    }

    [Fact]
    public async Task What_is_no_archive_is_refused_and_leaves_nothing()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = box.Open();
        await Shell.RunAsync($$"""
            cd {{box.Folder}}; mkdir w; cd w
            echo '{"version":1,"kind":"image","name":"x"}' > bramble-archive.json; echo '{}' > image.json
            head -c 5000 /dev/urandom > ../noise
            : > ../empty
            echo hello > plain; tar --zstd -cf ../foreign plain
            tar --zstd -cf ../halved bramble-archive.json image.json; truncate -s 100 ../halved
            ln -s /etc boot; ln -s /etc root; tar --zstd -cf ../links bramble-archive.json image.json boot root
            rm boot root; mkdir boot root; tar --zstd -cf ../norecord bramble-archive.json image.json boot root
            mkdir other; tar --zstd -cf ../more bramble-archive.json image.json boot root other
            echo '{"version":9,"kind":"image","name":"x"}' > bramble-archive.json; tar --zstd -cf ../newer bramble-archive.json image.json boot root
            echo '{"version":1,"kind":"client","name":"../x","root":"nfs"}' > bramble-archive.json; mv image.json state.json; tar --zstd -cf ../name bramble-archive.json state.json boot root
            """);
        foreach (string archive in new[] { "noise", "empty", "foreign", "halved", "links", "norecord", "more", "newer", "name" })
        {
            await Assert.ThrowsAsync<StorageException>(() => ImportAsync(storage, $"{box.Folder}/{archive}"));
            Assert.True(box.Leftovers().Count == 0, $"{archive}: {string.Join(' ', box.Leftovers())}");
        }
    }

    [Fact]
    public async Task A_btrfs_stream_that_is_damaged_or_cannot_be_taken_is_refused_and_leaves_nothing()
    {
        await using Box here = await Box.MakeAsync("btrfs");
        await using Box there = await Box.MakeAsync("btrfs");
        await using Box plain = await Box.MakeAsync();
        StorageService one = here.Open();
        await one.AddImageAsync(await new PiImage().MakeAsync(here.Folder), "pi", null, CancellationToken.None);
        string image = await ExportAsync(one, ArchiveKind.Image, "pi", here.Folder, asTar: false);
        StorageService other = there.Open();
        await RootTests.AssertRefusedAsync("--tar", () => ImportAsync(plain.Open(), image));
        await Shell.RunAsync($$"""
            cd {{here.Folder}}
            head -c 40000 {{image}} > halved
            head -n 1 {{image}} > bare
            (head -n 1 {{image}}; head -c 5000 /dev/urandom) > noise
            (head -n 1 {{image}}; head -c 5000 /dev/urandom | zstd -q) > packed-noise
            btrfs -q subvolume create data/other; echo x > data/other/x; btrfs property set data/other ro true
            (head -n 1 {{image}}; btrfs -q send data/other | zstd -q) > other
            btrfs -q subvolume create data/tree; echo x > data/tree/x; btrfs property set data/tree ro true
            (head -n 1 {{image}}; btrfs -q send data/tree | zstd -q) > empty-tree
            """);
        foreach (string archive in new[] { "halved", "bare", "noise", "packed-noise", "other", "empty-tree" })
        {
            await Assert.ThrowsAsync<StorageException>(() => ImportAsync(other, $"{here.Folder}/{archive}"));
            Assert.True(there.Leftovers().Count == 0, $"{archive}: {string.Join(' ', there.Leftovers())}");
        }

        Assert.Equal((ArchiveKind.Image, "pi"), await ImportAsync(other, image));
    }

    private static async Task<string> ExportAsync(StorageService storage, ArchiveKind kind, string name, string folder, bool asTar)
    {
        string path = $"{folder}/{name}.bramble";
        await using FileStream stream = File.Create(path);
        await storage.ExportAsync(kind, name, stream, asTar, CancellationToken.None);
        return path;
    }

    private static async Task<(ArchiveKind Kind, string Name)> ImportAsync(StorageService storage, string path, string? name = null)
    {
        await using FileStream stream = File.OpenRead(path);
        ArchiveInfo info = await storage.ImportAsync(name, stream, CancellationToken.None);
        return (info.Kind, info.Name);
    }
}
