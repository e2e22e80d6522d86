using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests.PowerCuts;

/// <summary>
/// Every operation is cut off before a step of it, storage starts again, and what a person then sees is what was there before or what is there
/// after, never anything else; nothing is left over; and the operation can be done again. A normal run cuts every n-th step, beginning at another one in
/// each operation. A long run cuts every single step where clones are instant, and every fifth or so on the other kinds of disk, which share most of
/// their code with it and take longer; with BRAMBLE_POWER_CUTS=all it is every step everywhere.
/// </summary>
[Trait("kind", "integration")]
public sealed class PowerCutTests
{
    private const string Image = "image";
    private const string NextImage = "image@2";
    private const int MostSteps = 200;

    [Theory]
    [InlineData("btrfs", RootKind.Nfs, 7)]
    [InlineData("ext4", RootKind.Nfs, 17)]
    [InlineData(null, RootKind.Nfs, 17)]
    [InlineData("btrfs", RootKind.Iscsi, 29)]
    [InlineData("ext4", RootKind.Iscsi, 29)]
    public Task Nothing_is_lost_or_half_made_where_the_power_fails(string? filesystem, RootKind kind, int stride) => CutAsync(filesystem, kind, stride);

    [Theory]
    [Trait("kind", "long")]
    [InlineData("btrfs", RootKind.Nfs, 1)]
    [InlineData("ext4", RootKind.Nfs, 5)]
    [InlineData(null, RootKind.Nfs, 5)]
    [InlineData("btrfs", RootKind.Iscsi, 5)]
    [InlineData("ext4", RootKind.Iscsi, 7)]
    public Task Nothing_is_lost_or_half_made_wherever_the_power_fails(string? filesystem, RootKind kind, int stride) =>
        CutAsync(filesystem, kind, Environment.GetEnvironmentVariable("BRAMBLE_POWER_CUTS") == "all" ? 1 : stride);

    private static async Task CutAsync(string? filesystem, RootKind kind, int stride)
    {
        await using Box box = await Box.MakeAsync(filesystem, "1G", isInMemory: true);
        World world = new(box);
        using (StorageService storage = box.Open())
            await storage.StartAsync(CancellationToken.None);
        await world.AddImageAsync(Image);
        await world.AddImageAsync(NextImage);
        int cuts = 0;
        foreach ((int number, Case one) in Cases(kind, world).Index())
            cuts += await CutAsync(box, world, one, (number % stride) + 1, stride);
        Assert.True(cuts > 100 / stride, $"only {cuts} cuts");
    }

    /// <returns>How many times the power was cut.</returns>
    private static async Task<int> CutAsync(Box box, World world, Case one, int first, int stride)
    {
        int cuts = 0;
        for (int step = first; step <= MostSteps; step += stride)
        {
            string client = $"{one.Name}-{step}";
            IReadOnlyList<string> before;
            using (StorageService storage = box.Open())
            {
                await one.Prepare(storage, client);
                before = await world.SeeAsync(storage, client);
            }

            Fuse fuse = new(step);
            bool isAcknowledged = await TryAsync(box, one, client, fuse);
            string cut = isAcknowledged ? $"{one.Name} was done" : $"{one.Name} was cut before step {step}: {fuse.Steps[^1]}";

            // The power may fail again while storage starts.
            await TryAsync(box, one with { Name = "start", Do = static (storage, _) => storage.StartAsync(CancellationToken.None) }, client, new Fuse((step % 5) + 1));
            using (StorageService storage = box.Open())
            {
                await storage.StartAsync(CancellationToken.None);
                world.AssertNothingHalfMade(cut);
                IReadOnlyList<string> now = await world.SeeAsync(storage, client);
                IReadOnlyList<string> after = one.After(client);
                Assert.True(now.SequenceEqual(after) || (!isAcknowledged && now.SequenceEqual(before)), $"{cut}, and now there is:\n{string.Join('\n', now)}\nbefore:\n{string.Join('\n', before)}\nexpected:\n{string.Join('\n', after)}");
                if (!now.SequenceEqual(after))
                {
                    await one.Do(storage, client);
                    Assert.Equal(after, await world.SeeAsync(storage, client));
                    world.AssertNothingHalfMade($"{cut}, then done again");
                }

                await CleanUpAsync(storage, client);
            }

            if (isAcknowledged)
                return cuts;
            cuts++;
        }

        throw new InvalidOperationException($"{one.Name} has more than {MostSteps} steps.");
    }

    private static async Task<bool> TryAsync(Box box, Case one, string client, Fuse fuse)
    {
        using StorageService storage = box.Open(box.Options with { BeforeStep = fuse.Before });
        try
        {
            await one.Do(storage, client);
            Assert.False(fuse.IsBlown, $"{one.Name} went on after the power was cut before: {fuse.Steps.LastOrDefault()}");
            return true;
        }
        catch (PowerCut)
        {
            return false;
        }
    }

    private static async Task CleanUpAsync(StorageService storage, string client)
    {
        foreach (ImageInfo image in (await storage.ListImagesAsync(CancellationToken.None)).Where(image => image.Name.StartsWith(client, StringComparison.Ordinal)))
            await storage.RemoveImageAsync(image.Name, CancellationToken.None);
        foreach (string name in new[] { client, client + "-b" })
        {
            try
            {
                await storage.RemoveRootAsync(name, CancellationToken.None);
            }
            catch (StorageException)
            {
                // It is not there.
            }
        }
    }

    private static List<Case> Cases(RootKind kind, World world)
    {
        Task Make(StorageService storage, string client) => storage.PrepareRootAsync(Box.Request(client, kind, Image), CancellationToken.None);

        // A snapshot with generation 1, a root with generation 2.
        async Task Live(StorageService storage, string client)
        {
            await Make(storage, client);
            await world.WriteAsync(client, "one");
            await storage.CreateSnapshotAsync(client, "first", SnapshotCause.Hand, null, CancellationToken.None);
            await world.WriteAsync(client, "two");
        }

        async Task RolledBack(StorageService storage, string client)
        {
            await Live(storage, client);
            await storage.RollBackAsync(client, "first", null, CancellationToken.None);
        }

        const string One = "boot one, root one";
        const string Two = "boot two, root two";
        const string Fresh = "boot image, root image";
        return
        [
            new("make", static (_, _) => Task.CompletedTask, Make, static c => [$"client {c}: {Fresh}"]),
            new("snap", Live, static (s, c) => s.CreateSnapshotAsync(c, "second", SnapshotCause.Hand, null, CancellationToken.None),
                static c => [$"client {c}: {Two}", $"snapshot {c} first (Hand): {One}", $"snapshot {c} second (Hand): {Two}"]),
            new("unsnap", Live, static (s, c) => s.RemoveSnapshotAsync(c, "first", CancellationToken.None), static c => [$"client {c}: {Two}"]),
            new("rollback", Live, static (s, c) => s.RollBackAsync(c, null, null, CancellationToken.None),
                static c => [$"client {c}: {One}", $"snapshot {c} first (Hand): {One}", $"snapshot {c} before-rollback-TIME (Rollback): {Two}"]),
            new("reset", Live, static (s, c) => s.ResetAsync(c, null, CancellationToken.None),
                static c => [$"client {c}: {Fresh}", $"snapshot {c} first (Hand): {One}", $"snapshot {c} before-reset-TIME (Reset): {Two}"]),
            new("update", Live, static (s, c) => s.ChangeImageAsync(c, NextImage, ["/home"], null, CancellationToken.None),
                static c => [$"client {c}: {Fresh}", $"snapshot {c} first (Hand): {One}", $"snapshot {c} before-update-TIME (Update): {Two}"]),
            new("renew", RolledBack, Make,
                static c => [$"client {c}: {One}", $"snapshot {c} first (Hand): {One}", $"snapshot {c} before-rollback-TIME (Rollback): {Two}"]),
            new("promote", Live, static (s, c) => s.PromoteAsync(c, $"{c}@2026", null, CancellationToken.None),
                static c => [$"image {c}@2026: {Two}", $"client {c}: {Two}", $"snapshot {c} first (Hand): {One}"]),
            new("twin", Live, static (s, c) => s.DuplicateAsync(c, $"{c}-b", null, CancellationToken.None),
                static c => [$"client {c}: {Two}", $"snapshot {c} first (Hand): {One}", $"client {c}-b: {Two}"]),
            new("remove", Live, static (s, c) => s.RemoveRootAsync(c, CancellationToken.None), static _ => []),
        ];
    }

    private sealed record Case(string Name, Func<StorageService, string, Task> Prepare, Func<StorageService, string, Task> Do, Func<string, IReadOnlyList<string>> After);
}
