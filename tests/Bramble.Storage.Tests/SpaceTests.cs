using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

/// <summary>A disk that is nearly full, roots with a quota, disks that take only what is written to them.</summary>
[Trait("kind", "integration")]
public sealed class SpaceTests
{
    private static readonly CancellationToken s_never = CancellationToken.None;

    [Theory]
    [InlineData("btrfs")]
    [InlineData("ext4")]
    public async Task On_a_disk_that_is_nearly_full_nothing_new_is_made_and_what_is_there_goes_on(string filesystem)
    {
        await using Box box = await Box.MakeAsync(filesystem);
        string file = await new PiImage().MakeAsync(box.Folder);
        using (StorageService roomy = box.Open())
        {
            await roomy.AddImageAsync(file, "pi", null, s_never);
            await roomy.PrepareRootAsync(Box.Request("pi-1"), s_never);
            await roomy.CreateSnapshotAsync("pi-1", "good", SnapshotCause.Hand, null, s_never);
        }

        StorageService storage = box.Open(box.Options with { KeptFreeBytes = 1L << 40 });
        Func<Task>[] refused =
        [
            () => storage.AddImageAsync(file, "other", null, s_never),
            () => storage.PrepareRootAsync(Box.Request("pi-2"), s_never),
            () => storage.DuplicateAsync("pi-1", "pi-2", null, s_never),
            () => storage.PromoteAsync("pi-1", "other", null, s_never),
            () => storage.CreateSnapshotAsync("pi-1", "more", SnapshotCause.Hand, null, s_never),
            .. filesystem == "btrfs" ? new Func<Task>[] { () => storage.TakeScheduledAsync(Retention.Default, s_never) } : [],
            () => storage.PrepareImageAsync("pi", "other", [RootKind.Iscsi], (_, _) => Task.CompletedTask, s_never),
        ];
        foreach (Func<Task> one in refused)
            await RootTests.AssertRefusedAsync("are kept for the roots that are in use", one);
        Assert.Equal(["pi"], Directory.EnumerateDirectories($"{box.Data}/images").Select(Path.GetFileName));
        Assert.Equal(["pi-1"], Directory.EnumerateDirectories($"{box.Data}/clients").Select(Path.GetFileName));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));

        // A client boots, goes back, and gives space back.
        await storage.PrepareRootAsync(Box.Request("pi-1"), s_never);
        await storage.RollBackAsync("pi-1", null, null, s_never);
        await storage.RemoveSnapshotAsync("pi-1", "good", s_never);
        StorageUsage usage = await storage.MeasureAsync(s_never);
        Assert.True(usage.Disk.IsNearlyFull);
        Assert.Empty(usage.ThinDisks);
    }

    [Fact]
    public async Task An_import_that_will_not_do_is_refused_before_anything_is_read()
    {
        await using Box box = await Box.MakeAsync("ext4", "100M");
        StorageService storage = box.Open(box.Options with { KeptFreeBytes = 8 << 20 });
        await storage.StartAsync(s_never);
        await using Stream packed = new Unread([0x1F, 0x8B, 8, 0, 0, 0]);
        await RootTests.AssertRefusedAsync("and this takes 80 MB", () => storage.ImportImageAsync(new ImportRequest { Source = "download", Name = "x", Length = 40_000_000 }, packed, null, s_never));
        await using Stream plain = new Unread([0, 0, 0, 0, 0, 0]);
        await RootTests.AssertRefusedAsync("and this takes 99 MB", () => storage.ImportImageAsync(new ImportRequest { Source = "card", Name = "x", Length = 99_000_000 }, plain, null, s_never));
        Assert.Empty(box.Leftovers());
    }

    [Fact]
    public async Task A_root_with_a_quota_takes_no_more_than_that()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        StorageService storage = box.Open(box.Options with { RootQuotaBytes = 64 << 20 });
        await storage.AddImageAsync(await new PiImage().MakeAsync(box.Folder), "pi", null, s_never);
        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1"), s_never);
        ClientRoot other = await storage.PrepareRootAsync(Box.Request("pi-2"), s_never);
        await AssertLimitedAsync(root);
        await Shell.RunAsync($"head -c 40000000 /dev/zero > {other.RootFolder}/home/some; sync -f {other.RootFolder}");

        // The state after a rollback has it too.
        await storage.CreateSnapshotAsync("pi-2", "good", SnapshotCause.Hand, null, s_never);
        await storage.RollBackAsync("pi-2", null, null, s_never);
        await AssertLimitedAsync(await storage.PrepareRootAsync(Box.Request("pi-2"), s_never));

        await using Box plain = await Box.MakeAsync();
        StorageService without = plain.Open(plain.Options with { RootQuotaBytes = 64 << 20 });
        await without.AddImageAsync(await new PiImage().MakeAsync(plain.Folder), "pi", null, s_never);
        await RootTests.AssertRefusedAsync("to be on btrfs", () => without.PrepareRootAsync(Box.Request("pi-1"), s_never));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{plain.Data}/clients"));
    }

    [Fact]
    public async Task Thin_disks_are_told_with_what_they_offer_and_what_they_take()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        StorageService storage = box.Open();
        await storage.AddImageAsync(await new PiImage().MakeAsync(box.Folder), "pi", null, s_never);
        ClientRoot root = await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Iscsi), s_never);
        StorageUsage usage = await storage.MeasureAsync(s_never);
        Assert.Equal([$"{box.Data}/images/pi/disk.img", $"{Path.GetDirectoryName(root.BootFolder)}/disk.img"], usage.ThinDisks.Select(static disk => disk.File));
        Assert.All(usage.ThinDisks, static disk => Assert.InRange(disk.UsedBytes, 1, disk.Bytes / 4));
        Assert.InRange(usage.PromisedBytes, 2L << 30, 10L << 30);
        Assert.False(usage.Disk.IsNearlyFull);
        Assert.InRange(usage.Disk.KeptFreeBytes, usage.Disk.TotalBytes / 21, usage.Disk.TotalBytes / 20);
    }

    private static Task AssertLimitedAsync(ClientRoot root) => Shell.RunAsync($"cd {root.RootFolder}/home; if head -c 90000000 /dev/urandom > much; then exit 1; fi; test \"$(stat -c %s much)\" -le {64 << 20}; rm much");

    /// <summary>Has a first few bytes, and fails when more is read.</summary>
    private sealed class Unread(byte[] start) : MemoryStream(start)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length ? base.ReadAsync(buffer, cancellationToken) : throw new InvalidOperationException("It was read.");
    }
}
