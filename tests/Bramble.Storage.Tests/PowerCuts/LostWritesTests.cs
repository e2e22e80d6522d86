using System.Globalization;
using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests.PowerCuts;

/// <summary>
/// People work with the server, several at once, and at a random instant the power fails: everything is gone that was not flushed to the disk. Then
/// storage starts on the disk as it is. What was acknowledged must be there, nothing half-made may be seen, and every root must be whole. The number
/// of cuts of a long run is BRAMBLE_LOST_WRITES (6); <c>scripts/bench powercut</c> makes 30. Alone: other tests' loop devices and mounts have been seen to hold up the
/// disk for minutes, which two programs play.
/// </summary>
[CollectionDefinition(nameof(LostWritesTests), DisableParallelization = true)]
[Collection(nameof(LostWritesTests))]
[Trait("kind", "integration")]
public sealed class LostWritesTests
{
    private static readonly int s_cuts = int.TryParse(Environment.GetEnvironmentVariable("BRAMBLE_LOST_WRITES"), NumberStyles.None, CultureInfo.InvariantCulture, out int cuts) ? cuts : 6;

    [Theory]
    [InlineData("btrfs")]
    [InlineData("ext4")]
    public Task Nothing_acknowledged_is_lost_with_what_was_not_flushed(string filesystem) => CutAgainAndAgainAsync(filesystem, cuts: 1);

    [Fact]
    [Trait("kind", "long")]
    public Task Nothing_acknowledged_is_lost_with_what_btrfs_had_not_flushed() => CutAgainAndAgainAsync("btrfs", s_cuts);

    [Fact]
    [Trait("kind", "long")]
    public Task Nothing_acknowledged_is_lost_with_what_ext4_had_not_flushed() => CutAgainAndAgainAsync("ext4", Math.Max(2, s_cuts / 3));

    private static async Task CutAgainAndAgainAsync(string filesystem, int cuts)
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        await using Box box = await Box.MakeAsync();
        await using LossyDisk disk = new(box.Folder, box.Data);
        await disk.FormatAsync(filesystem, "4G");
        await disk.ConnectAsync();
        World world = new(box);
        Staff staff = new(box, world, seed);
        using (StorageService storage = box.Open())
        {
            await storage.StartAsync(CancellationToken.None);
            await staff.MoveInAsync(storage);
        }

        await Shell.RunAsync($"sync -f {box.Data}");
        for (int cut = 1; cut <= cuts; cut++)
        {
            string when = $"seed {seed}, cut {cut} of {cuts} on {filesystem}";
            using (StorageService storage = box.Open())
            {
                await storage.StartAsync(CancellationToken.None);
                Task work = staff.WorkAsync(storage);
                await Task.Delay(random.Next(100, 2500));
                string underWay = staff.StopWhen(disk.Cut);
                await work;
                TestContext.Current.TestOutputHelper?.WriteLine($"{when}: {staff.Acknowledged} operations acknowledged so far; under way: {underWay}");
            }

            await disk.DisconnectAsync();
            await disk.ConnectAsync();
            using (StorageService storage = box.Open())
            {
                await storage.StartAsync(CancellationToken.None);
                world.AssertNothingHalfMade(when);
                await staff.AssertAllIsThereAsync(storage, when);
                IReadOnlyList<StorageFinding> found = await storage.ExamineAsync(mend: false, null, CancellationToken.None);
                Assert.True(found.Count == 0, $"{when}, and the doctor finds: {string.Join('\n', found)}");
            }
        }

        using (StorageService storage = box.Open())
            await staff.FinishRolloutAsync(storage);
        Assert.True(staff.Acknowledged >= cuts, $"only {staff.Acknowledged} operations in {cuts} rounds");
    }
}
