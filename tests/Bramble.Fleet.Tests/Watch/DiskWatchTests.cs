using Bramble.Fleet.Faults;
using Bramble.Fleet.Tests.Support;
using Bramble.Fleet.Watch;
using Bramble.Storage.Contract;

namespace Bramble.Fleet.Tests.Watch;

public sealed class DiskWatchTests
{
    private const long Giga = 1_000_000_000;
    private static readonly DateTimeOffset s_start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_disk_is_nearly_full_until_a_quarter_more_is_free()
    {
        var watch = new DiskWatch();
        (long Free, bool IsFault)[] looks = [(5, false), (2, false), (1, true), (2, true), (1, true), (3, false), (2, false), (0, true)];
        for (int i = 0; i < looks.Length; i++)
        {
            watch.Note(new DiskSpaceState("/srv/bramble", 64 * Giga, looks[i].Free * Giga, 2 * Giga), s_start + TimeSpan.FromSeconds(i));
            Assert.Equal(looks[i].IsFault, watch.Judge() is not null);
        }

        Fault fault = watch.Judge()!;
        Assert.Equal((FaultCode.DataDiskFull, s_start + TimeSpan.FromSeconds(7)), (fault.Code, fault.Since));
        Assert.Contains("0.0 GB of 64.0 GB are free on the disk of /srv/bramble; 2.0 GB are kept free", fault.Seen, StringComparison.Ordinal);
        watch.Note(null, s_start);
        Assert.Null(watch.Judge());
    }

    [Fact]
    public async Task The_fleet_tells_of_a_disk_that_is_nearly_full_and_goes_on_without_one()
    {
        long free = 9 * Giga;
        await using TestFleet fleet = await TestFleet.StartAsync(options => options with
        {
            DataDisk = () => free < 0 ? throw new DriveNotFoundException() : new DiskSpaceState("/srv/bramble", 64 * Giga, free, 2 * Giga),
        });
        fleet.Fleet.Tick();
        Assert.Empty(fleet.Fleet.GetStatus().Faults);
        free = Giga;
        fleet.Fleet.Tick();
        Assert.Equal("BR601", Assert.Single(fleet.Fleet.GetStatus().Faults).Code);
        free = -1;
        fleet.Fleet.Tick();
        Assert.Empty(fleet.Fleet.GetStatus().Faults);
    }
}
