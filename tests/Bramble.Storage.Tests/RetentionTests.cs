using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

public sealed class RetentionTests
{
    [Fact]
    public void The_last_ones_and_one_a_week_are_kept()
    {
        // A Sunday and the 39 days before it.
        SnapshotInfo[] all = [.. Enumerable.Range(0, 40).Select(day => Of(new DateTimeOffset(2026, 11, 22, 3, 0, 0, TimeSpan.Zero).AddDays(-day)))];
        IEnumerable<string> kept = all.Except(new Retention(3, 4).ToRemove(all)).Select(one => one.Name);
        Assert.Equal(["1122", "1121", "1120", "1115", "1108", "1101"], kept);
        Assert.Equal(["1122"], all.Except(new Retention(0, 0).ToRemove(all)).Select(one => one.Name));
        Assert.Empty(new Retention(100, 0).ToRemove(all));
    }

    [Fact]
    public void What_the_schedule_did_not_make_is_never_removed()
    {
        SnapshotInfo[] all = [.. Enum.GetValues<SnapshotCause>().SelectMany(cause => Enumerable.Range(1, 5).Select(day => Of(new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero), cause)))];
        Assert.All(new Retention(1, 0).ToRemove(all), one => Assert.Equal(SnapshotCause.Schedule, one.Cause));
        Assert.Equal(4, new Retention(1, 0).ToRemove(all).Count);
    }

    [Fact]
    [Trait("kind", "integration")]
    public async Task The_schedule_takes_one_of_each_root_and_removes_the_oldest()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        StorageService storage = box.Open();
        await storage.AddImageAsync(await new PiImage().MakeAsync(box.Folder), "pi", null, CancellationToken.None);
        foreach (string client in new[] { "pi-1", "pi-2" })
        {
            await storage.PrepareRootAsync(Box.Request(client), CancellationToken.None);
            await storage.CreateSnapshotAsync(client, "mine", SnapshotCause.Hand, null, CancellationToken.None);
        }

        List<string> names = [];
        for (int i = 0; i < 4; i++)
            names.Add((await storage.TakeScheduledAsync(new Retention(2, 0), CancellationToken.None)).Single(one => one.Client == "pi-2").Name);
        Assert.Equal(["mine", names[2], names[3]], (await storage.ListSnapshotsAsync("pi-2", CancellationToken.None)).Select(one => one.Name));
        Assert.Equal(6, (await storage.ListSnapshotsAsync(null, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task Where_each_snapshot_is_a_copy_there_is_no_schedule()
    {
        await using Box box = await Box.MakeAsync();
        await RootTests.AssertRefusedAsync("not on btrfs", () => box.Open().TakeScheduledAsync(Retention.Default, CancellationToken.None));
    }

    private static SnapshotInfo Of(DateTimeOffset taken, SnapshotCause cause = SnapshotCause.Schedule) =>
        new() { Client = "pi-1", Name = taken.ToString("MMdd", System.Globalization.CultureInfo.InvariantCulture), Taken = taken, Cause = cause, Image = "pi", Kind = RootKind.Nfs };
}
