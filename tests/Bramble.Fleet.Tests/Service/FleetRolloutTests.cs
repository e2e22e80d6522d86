using System.Text;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Rollouts;
using Bramble.Fleet.Tests.Support;

namespace Bramble.Fleet.Tests.Service;

public sealed class FleetRolloutTests
{
    private const string Pi = "pi-91cdf03d";

    [Fact]
    public async Task A_client_gets_the_new_image_and_its_beacon_ends_the_rollout()
    {
        await using TestFleet t = await StartAsync();
        Assert.Equal(RolloutState.Running, t.Fleet.StartRollout(Order).State);
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        Assert.Equal([$"{Pi} to trixie@2 with /home"], t.Storage.Changes);
        Assert.Equal("trixie@2", t.Client(Pi).Image);
        Assert.Equal(RolloutPhase.Changed, t.Fleet.GetRollout()!.Clients[0].Phase);

        // What still runs is not what is waited for.
        Up(t, "11111111-2222-4333-8444-555555555555");
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        Assert.Equal(RolloutPhase.Changed, t.Fleet.GetRollout()!.Clients[0].Phase);

        t.Time.Advance(600);
        await t.BindAsync(TestFleet.Pi4);
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        Assert.Equal(RolloutPhase.Booting, t.Fleet.GetRollout()!.Clients[0].Phase);
        Up(t, "21111111-2222-4333-8444-555555555555");
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        Assert.Equal(RolloutState.Done, t.Fleet.GetRollout()!.State);
    }

    [Fact]
    public async Task A_client_that_does_not_come_up_goes_back_to_its_image()
    {
        await using TestFleet t = await StartAsync();
        t.Fleet.StartRollout(Order);
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        t.Time.Advance(600);
        await t.BindAsync(TestFleet.Pi4);
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        t.Time.Advance(660);
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        Assert.Equal($"{Pi} back to {Pi}-kept", t.Storage.Changes[^1]);
        Assert.Equal("trixie", t.Client(Pi).Image);
        Assert.Equal(RolloutState.RolledBack, t.Fleet.GetRollout()!.State);
    }

    [Fact]
    public async Task A_client_that_runs_is_asked_to_restart_until_it_has_begun_to_boot()
    {
        await using TestFleet t = await StartAsync();
        const string Old = "11111111-2222-4333-8444-555555555555";
        const string New = "21111111-2222-4333-8444-555555555555";
        Assert.Equal("ok " + Old, Up(t, Old));
        t.Fleet.StartRollout(Order with { Now = true });
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        Assert.Equal("re " + Old, Up(t, Old));
        // The answer was lost, or the machine takes its time.
        Assert.Equal("re " + Old, Up(t, Old));

        t.Time.Advance(600);
        await t.BindAsync(TestFleet.Pi4);
        Assert.Equal("ok " + New, Up(t, New));
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        Assert.Equal(RolloutState.Done, t.Fleet.GetRollout()!.State);
        Assert.Equal("ok " + New, Up(t, New));
    }

    [Fact]
    public async Task A_client_that_gets_back_what_it_had_is_asked_to_restart_too()
    {
        await using TestFleet t = await StartAsync();
        const string Running = "11111111-2222-4333-8444-555555555555";
        Up(t, Running);
        t.Fleet.StartRollout(Order with { Now = true });
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        t.Fleet.StopRollout(back: true);
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        Assert.Equal(RolloutState.RolledBack, t.Fleet.GetRollout()!.State);
        Assert.Equal("re " + Running, Up(t, Running));
    }

    [Fact]
    public async Task A_system_whose_boot_was_never_seen_is_not_the_one_that_is_waited_for()
    {
        await using TestFleet t = await StartAsync();
        Up(t, "11111111-2222-4333-8444-555555555555");
        t.Fleet.StartRollout(Order);
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        t.Time.Advance(60);
        Up(t, "31111111-2222-4333-8444-555555555555");
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        Assert.Equal(RolloutPhase.Changed, t.Fleet.GetRollout()!.Clients[0].Phase);
    }

    [Fact]
    public async Task Only_a_client_that_was_heard_of_lately_can_be_asked()
    {
        await using TestFleet t = await StartAsync();
        const string Running = "11111111-2222-4333-8444-555555555555";
        Assert.False(t.Fleet.Restart(Pi));
        Up(t, Running);
        t.Time.Advance(30);
        Assert.True(t.Fleet.Restart(Pi));
        t.Time.Advance(30);
        Assert.False(t.Fleet.Restart(Pi));
        Assert.Throws<FleetException>(() => t.Fleet.Restart("nobody"));

        // It was asked for, and its answer waits for it.
        Assert.Equal("re " + Running, Up(t, Running));
    }

    [Fact]
    public async Task A_rollout_goes_on_where_it_was_when_the_server_starts_again()
    {
        using var folder = new TempFolder();
        await using (TestFleet first = await StartAsync(folder))
        {
            first.Fleet.StartRollout(Order);
            await first.Fleet.TurnRolloutAsync(CancellationToken.None);
        }

        await using TestFleet second = await TestFleet.StartAsync(folder: folder);
        second.Storage.AddImage("trixie@2", 2);
        second.Time.Advance(600);
        await second.BindAsync(TestFleet.Pi4);
        Up(second, "21111111-2222-4333-8444-555555555555");
        await second.Fleet.TurnRolloutAsync(CancellationToken.None);
        Assert.Equal(RolloutState.Done, second.Fleet.GetRollout()!.State);
        Assert.Empty(second.Storage.Changes);
    }

    [Fact]
    public async Task What_cannot_be_begun_or_stopped_is_refused_in_words()
    {
        await using TestFleet t = await StartAsync();
        Assert.Contains("no image 'other'", Refused(() => t.Fleet.StartRollout(Order with { Image = "other" })), StringComparison.Ordinal);
        Assert.Contains("no client named 'x'", Refused(() => t.Fleet.StartRollout(Order with { Clients = ["x"] })), StringComparison.Ordinal);
        Assert.Contains("No client is meant", Refused(() => t.Fleet.StartRollout(Order with { Tag = "kitchen" })), StringComparison.Ordinal);
        Assert.Contains("There is no rollout", Refused(() => t.Fleet.StopRollout(back: true)), StringComparison.Ordinal);
        Assert.Null(t.Fleet.GetRollout());
        t.Fleet.StartRollout(Order);
        Assert.Contains("bramble rollout stop", Refused(() => t.Fleet.StartRollout(Order)), StringComparison.Ordinal);
        t.Fleet.StopRollout(back: false);
        t.Fleet.StartRollout(Order with { Clients = [Pi] });
        t.Storage.Stubborn.Add(Pi);
        await t.Fleet.TurnRolloutAsync(CancellationToken.None);
        Assert.Equal((RolloutState.RolledBack, $"{Pi}: the disk is full"), (t.Fleet.GetRollout()!.State, t.Fleet.GetRollout()!.Reason));
        Assert.Equal("trixie", t.Client(Pi).Image);
    }

    private static RolloutOrder Order => new() { Image = "trixie@2" };

    private static string Refused(Action work) => Assert.Throws<FleetException>(work).Message;

    /// <summary>A fleet with one client that has a root, and a second image.</summary>
    private static async Task<TestFleet> StartAsync(TempFolder? folder = null)
    {
        TestFleet t = await TestFleet.StartAsync(folder: folder);
        await t.BindAsync(TestFleet.Pi4);
        t.Storage.AddImage("trixie@2", 2);
        await t.Fleet.RefreshImagesAsync(CancellationToken.None);
        return t;
    }

    private static string Up(TestFleet t, string bootId)
    {
        string token = t.Fleet.FindClient(Pi)!.BeaconToken;
        byte[]? answer = t.Fleet.OnBeacon(TestFleet.PiAddress, Encoding.ASCII.GetBytes($"bramble-up 1 {Pi} {token} {bootId}\n"));
        Assert.NotNull(answer);
        return Encoding.ASCII.GetString(answer).TrimEnd();
    }
}
