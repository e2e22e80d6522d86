using System.Text;
using Bramble.Fleet.Status;
using Bramble.Fleet.Tests.Support;

namespace Bramble.Fleet.Tests.Service;

/// <summary>A client that lost its power is not up.</summary>
public sealed class FleetSilenceTests
{
    private const string Pi = "pi-91cdf03d";
    private const string First = "11111111-2222-4333-8444-555555555555";

    [Fact]
    public async Task Who_goes_on_telling_and_then_does_not_is_silent_until_heard_again()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        Beat(t, First, 4);
        t.Time.Advance(55);
        Assert.Equal("up", t.Client(Pi).State);

        t.Time.Advance(10);
        FleetStatus status = t.Fleet.GetStatus();
        Assert.Equal(("silent", 65.0, null), (status.Clients[0].State, status.Clients[0].Boot!.SilentSeconds, status.Clients[0].Fault));
        Assert.Equal(new FleetCounts(0, 0, 0, 0, 0) { Silent = 1 }, status.Counts);
        t.Fleet.Tick();
        t.Fleet.Tick();

        Beat(t, First, 1);
        Assert.Equal("up", t.Client(Pi).State);
        t.Fleet.Tick();
        await TestFleet.Eventually(() => t.Log.Text.Contains("is heard of again", StringComparison.Ordinal));
        Assert.Single(t.Log.Text.Split("nothing was heard of it")[1..]);

        // It is restarted: then it boots, and is not missed.
        t.Time.Advance(40);
        t.Dhcp(Bramble.Dhcp.Policy.DhcpEventKind.Discover, TestFleet.Pi4);
        t.Time.Advance(25);
        Assert.NotEqual("silent", t.Client(Pi).State);
    }

    [Fact]
    public async Task Who_told_it_once_or_in_a_hurry_is_not_missed()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);

        // A root of an older version: every two seconds until it is answered, and then never again; once four were lost on the way.
        foreach (double pause in new[] { 2.0, 2, 8, 2 })
        {
            t.Time.Advance(pause);
            Tell(t, First);
        }

        t.Time.Advance(3600);
        Assert.Equal("up", t.Client(Pi).State);
    }

    [Fact]
    public async Task After_a_restart_of_the_server_clients_have_time_to_be_heard()
    {
        using var folder = new TempFolder();
        await using (TestFleet before = await TestFleet.StartAsync(folder: folder))
        {
            await before.BindAsync(TestFleet.Pi4);
            Beat(before, First, 4);
        }

        await using TestFleet t = await TestFleet.StartAsync(folder: folder);
        t.Time.Advance(350);
        Assert.Equal("up", t.Client(Pi).State);
        t.Time.Advance(20);
        Assert.Equal("silent", t.Client(Pi).State);
        Beat(t, First, 1);
        Assert.Equal("up", t.Client(Pi).State);
        t.Time.Advance(70);
        Assert.Equal("silent", t.Client(Pi).State);
    }

    private static void Beat(TestFleet t, string bootId, int times)
    {
        for (int i = 0; i < times; i++)
        {
            t.Time.Advance(10);
            Tell(t, bootId);
        }
    }

    private static void Tell(TestFleet t, string bootId) => Assert.NotNull(
        t.Fleet.OnBeacon(TestFleet.PiAddress, Encoding.ASCII.GetBytes($"bramble-up 1 {Pi} {t.Fleet.FindClient(Pi)!.BeaconToken} {bootId}\n")));
}
