using Bramble.Storage.Contract;
using Bramble.Storage.Tests.PowerCuts;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

/// <summary>Whatever hands do to a data folder is found, and mended where nothing is lost by it.</summary>
[Trait("kind", "integration")]
public sealed class DoctorTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("btrfs")]
    public async Task A_data_folder_that_nobody_touched_is_well(string? filesystem)
    {
        await using Box box = await Box.MakeAsync(filesystem);
        StorageService storage = await LiveAsync(box);
        await storage.RollBackAsync("pi-1", "first", null, CancellationToken.None);
        Assert.Empty(await storage.ExamineAsync(mend: true, ["pi-1"], CancellationToken.None));
    }

    [Fact]
    public async Task What_mending_cannot_lose_anything_by_is_mended()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        StorageService storage = await LiveAsync(box);
        string client = $"{box.Data}/clients/pi-1";
        await Shell.RunAsync($"""
            cd {box.Data}
            ln -sfn states/99 clients/pi-1/current
            mkdir tmp/dead-1; echo left > tmp/dead-1/file
            echo '192.168.7.20 77' > clients/pi-1/address
            """);
        Assert.Equal(
            ["dangling address", "dangling current", "leftover dead-1"],
            (await storage.ExamineAsync(mend: false, null, CancellationToken.None)).Select(Name).Order(StringComparer.Ordinal));
        Assert.Equal("states/99", new FileInfo($"{client}/current").LinkTarget);

        IReadOnlyList<StorageFinding> mended = await storage.ExamineAsync(mend: true, null, CancellationToken.None);
        Assert.Equal(3, mended.Count);
        Assert.All(mended, one => Assert.True(one.IsMended, one.ToString()));
        Assert.Equal("states/1", new FileInfo($"{client}/current").LinkTarget);
        Assert.Empty(await storage.ExamineAsync(mend: false, null, CancellationToken.None));

        // Nothing but a snapshot is left: the client gets a clone of it.
        await Shell.RunAsync($"btrfs -q subvolume delete {client}/states/1; rm {client}/current");
        Assert.All(await storage.ExamineAsync(mend: true, null, CancellationToken.None), one => Assert.True(one.IsMended, one.ToString()));
        Assert.Equal("states/3", new FileInfo($"{client}/current").LinkTarget);
        Assert.Equal("first", Assert.Single(await storage.ListSnapshotsAsync("pi-1", CancellationToken.None)).Name);
        await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Nfs, "image"), CancellationToken.None);
    }

    [Fact]
    public async Task A_state_that_nobody_knows_is_kept_as_a_snapshot()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        StorageService storage = await LiveAsync(box);
        await storage.ResetAsync("pi-1", null, CancellationToken.None);
        await Shell.RunAsync($"sed -i 's/\"snapshot\": *\"before-reset[^\"]*\"/\"snapshot\": null/' {box.Data}/clients/pi-1/states/1/state.json");
        Assert.Equal("orphan 1", Name(Assert.Single(await storage.ExamineAsync(mend: true, null, CancellationToken.None))));
        SnapshotInfo found = (await storage.ListSnapshotsAsync("pi-1", CancellationToken.None)).Single(one => one.Name == "found-1");
        Assert.Equal(SnapshotCause.Found, found.Cause);
        await storage.RollBackAsync("pi-1", "found-1", null, CancellationToken.None);
    }

    [Fact]
    public async Task What_only_a_person_can_decide_is_told_and_left_alone()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        StorageService storage = await LiveAsync(box);
        await storage.PrepareRootAsync(Box.Request("pi-2", RootKind.Nfs, "image"), CancellationToken.None);
        await Shell.RunAsync($"""
            cd {box.Data}
            mkdir 'clients/Not A Client' images/.hidden clients/pi-1/states/old
            mv images/image/boot images/image/boots
            echo broken > clients/pi-2/states/1/state.json
            mv clients/pi-1/states/2/root clients/pi-1/states/2/tree
            """);
        IReadOnlyList<StorageFinding> found = await storage.ExamineAsync(mend: true, ["pi-2"], CancellationToken.None);
        Assert.Equal(
            ["dangling current", "foreign .hidden", "foreign Not A Client", "foreign old", "incomplete 2", "incomplete image", "orphan pi-1", "unreadable 1"],
            found.Select(Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(found, static one => one.IsMended || one.IsMendable);
        Assert.True(Directory.Exists($"{box.Data}/clients/pi-1/states/2/tree"));
    }

    [Fact]
    public async Task An_image_that_is_gone_is_told_of_as_long_as_a_client_was_made_from_it()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = await LiveAsync(box);
        Directory.Delete($"{box.Data}/images/image", recursive: true);
        StorageFinding finding = Assert.Single(await storage.ExamineAsync(mend: true, null, CancellationToken.None));
        Assert.Equal(("dangling", false), (finding.Code, finding.IsMended));
        Assert.Contains("image promote pi-1", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exports_that_are_missing_or_too_many_are_set_right()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = await LiveAsync(box);
        box.Units.OnReload = _ => box.Export();
        await storage.PublishRootAsync("pi-1", "192.168.7.20", CancellationToken.None);
        Assert.Empty(await storage.ExamineAsync(mend: false, null, CancellationToken.None));

        string state = $"{box.Data}/clients/pi-1/states/1";
        await File.WriteAllTextAsync(box.Options.ExportTableFile, $"{state}/boot\t192.168.7.20(rw)\n{state}/root\t192.168.7.66(rw)\n/home\t*(ro)\n");
        File.Delete(box.Options.ExportsFile);
        Assert.Equal(
            [box.Options.TargetsFile, $"{state}/root for 192.168.7.20", $"{state}/root for 192.168.7.66"],
            (await storage.ExamineAsync(mend: false, null, CancellationToken.None)).Select(static one => one.Subject.Replace("exports.d/bramble.exports", "tgt/bramble.conf", StringComparison.Ordinal)));
        Assert.All(await storage.ExamineAsync(mend: true, null, CancellationToken.None), one => Assert.True(one.IsMended, one.ToString()));

        // A server that does not do what it is told is told of in its own words.
        await File.WriteAllTextAsync(box.Options.ExportTableFile, "");
        box.Units.OnReload = static _ => { };
        box.Units.Result = new UnitJobResult("failed", "exportfs: no room");
        IReadOnlyList<StorageFinding> found = await storage.ExamineAsync(mend: true, null, CancellationToken.None);
        Assert.Equal(2, found.Count);
        Assert.All(found, static one => Assert.Contains("no room", one.Remedy, StringComparison.Ordinal));
        Assert.DoesNotContain(found, static one => one.IsMended);
    }

    private static string Name(StorageFinding finding) => $"{finding.Code} {Path.GetFileName(finding.Subject)}";

    /// <summary>An image, a client made from it, and a snapshot <c>first</c>.</summary>
    private static async Task<StorageService> LiveAsync(Box box)
    {
        StorageService storage = box.Open();
        await storage.StartAsync(CancellationToken.None);
        await new World(box).AddImageAsync("image");
        await File.WriteAllTextAsync($"{box.Data}/images/image/boot/kernel8.img", "kernel");
        await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Nfs, "image"), CancellationToken.None);
        await storage.CreateSnapshotAsync("pi-1", "first", SnapshotCause.Hand, null, CancellationToken.None);
        return storage;
    }
}
