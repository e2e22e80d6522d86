using Bramble.Fleet.Rollouts;

namespace Bramble.Fleet.Tests.Rollouts;

public sealed class RolloutMachineTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, RolloutBoot> _boots = [];
    private DateTimeOffset _now = s_start;

    [Theory]
    [InlineData("1,25%,all", 8, "1 1 6")]
    [InlineData("1,all", 1, "1")]
    [InlineData("all", 3, "3")]
    [InlineData("1,25%,all", 3, "1 2")]
    [InlineData("2,50%", 8, "2 2")]
    [InlineData("50%,100%", 5, "3 2")]
    [InlineData("99", 5, "5")]
    public void Stages_say_how_many_have_the_image_at_their_end(string stages, int clients, string sizes)
    {
        Rollout rollout = Plan(stages, clients);
        Assert.Equal(sizes, string.Join(' ', rollout.Clients.GroupBy(static client => client.Stage).Select(static stage => stage.Count())));
        Assert.Equal(rollout.Stages, rollout.Clients.Max(static client => client.Stage) + 1);
    }

    [Theory]
    [InlineData("2,1")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("101%")]
    [InlineData("%")]
    [InlineData("1.5")]
    [InlineData("some")]
    [InlineData("")]
    [InlineData("99999999999999999999")]
    public void What_is_no_row_of_stages_is_refused(string stages) => Assert.Throws<FleetException>(() => Plan(stages, 4));

    [Fact]
    public void Clients_that_have_the_image_are_left_out()
    {
        var order = new RolloutOrder { Image = "new", Stages = ["all"] };
        Assert.Equal("b", Assert.Single(RolloutMachine.Plan(order, [("a", "new"), ("b", "old")], s_start).Clients).Name);
        Assert.Throws<FleetException>(() => RolloutMachine.Plan(order, [("a", "new")], s_start));
        Assert.Throws<FleetException>(() => RolloutMachine.Plan(order, [], s_start));
    }

    [Fact]
    public void Each_stage_waits_for_all_its_clients_to_be_up()
    {
        Rollout rollout = Work(Plan("1,3,all", 4));
        Assert.Equal("Changed Waiting Waiting Waiting", Phases(rollout));

        // A boot that began before the change is none with the new image.
        _boots["c0"] = new RolloutBoot(s_start - TimeSpan.FromMinutes(1), IsUp: true);
        rollout = Work(After(rollout, 3600));
        Assert.Equal("Changed Waiting Waiting Waiting", Phases(rollout));
        rollout = Work(Boots(rollout, "c0", isUp: false));
        Assert.Equal("Booting Waiting Waiting Waiting", Phases(rollout));
        rollout = Work(Boots(rollout, "c0", isUp: true));
        Assert.Equal("Up Changed Changed Waiting", Phases(rollout));
        rollout = Work(Boots(rollout, "c2", isUp: true));
        Assert.Equal("Up Changed Up Waiting", Phases(rollout));
        rollout = Work(Boots(rollout, "c1", isUp: true));
        Assert.Equal("Up Up Up Changed", Phases(rollout));
        rollout = Work(Boots(rollout, "c3", isUp: true));
        Assert.Equal(RolloutState.Done, rollout.State);
        Assert.Null(RolloutMachine.NextWork(rollout));
    }

    [Fact]
    public void One_that_is_not_up_in_its_time_takes_all_back()
    {
        Rollout rollout = Work(Plan("1,all", 3));
        rollout = Work(Boots(rollout, "c0", isUp: true));
        rollout = Work(Boots(rollout, "c1", isUp: false));

        // It tries again and again: its time runs from the first.
        rollout = Work(After(rollout, 500));
        rollout = Work(Boots(rollout, "c1", isUp: false));
        Assert.Equal((RolloutState.Running, "Up Booting Changed"), (rollout.State, Phases(rollout)));
        List<RolloutWork> done = [];
        rollout = Work(After(rollout, 101), done);
        Assert.Equal([new("c0", "kept-c0"), new("c1", "kept-c1"), new("c2", "kept-c2")], done);
        Assert.Equal((RolloutState.RolledBack, "Returned Returned Returned"), (rollout.State, Phases(rollout)));
        Assert.Contains("c1: it began to boot and was not up 600 s later", rollout.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void No_clients_time_runs_while_the_server_is_off()
    {
        Rollout booting = Work(Boots(Work(Plan("all", 1)), "c0", isUp: false));
        Rollout asked = Work(Plan("all", 1, restart: 60));
        After(booting, 3600);
        (booting, asked) = (booting with { Resumed = _now }, asked with { Resumed = _now });
        Assert.Equal("Booting", Phases(Work(After(booting, 60))));
        Assert.Equal("Up", Phases(Work(Boots(booting, "c0", isUp: true))));
        _boots.Clear();
        Assert.Equal(RolloutState.RolledBack, Work(After(asked, 1)).State);
        Assert.Equal(RolloutState.RolledBack, Work(After(booting, 600)).State);
    }

    [Fact]
    public void One_that_does_not_restart_fails_only_if_it_was_told_to()
    {
        Rollout patient = Work(Plan("all", 1));
        Assert.Equal(RolloutState.Running, Work(After(patient, 1_000_000)).State);
        _now = s_start;
        Rollout rollout = Work(Plan("all", 1, restart: 60));
        Assert.Equal(RolloutState.Running, Work(After(rollout, 60)).State);
        Assert.Equal(RolloutState.RolledBack, Work(After(rollout, 61)).State);
    }

    [Fact]
    public void A_root_that_cannot_be_changed_stops_the_rollout_and_changes_no_more()
    {
        Rollout rollout = RolloutMachine.Advance(Plan("all", 3), _now, BootOf);
        rollout = RolloutMachine.Done(rollout, RolloutMachine.NextWork(rollout)!, "kept-c0", _now);
        RolloutWork second = RolloutMachine.NextWork(rollout)!;
        rollout = RolloutMachine.Failed(rollout, second, "no space");
        Assert.Equal("Returning Failed Waiting", Phases(rollout));
        List<RolloutWork> done = [];
        rollout = Work(rollout, done);
        Assert.Equal([new RolloutWork("c0", "kept-c0")], done);
        Assert.Equal((RolloutState.RolledBack, "c1: no space"), (rollout.State, rollout.Reason));
    }

    [Fact]
    public void One_that_cannot_be_given_back_is_left_for_a_person()
    {
        Rollout rollout = RolloutMachine.Stop(Work(Plan("all", 2)), busy: null, back: true);
        rollout = RolloutMachine.Failed(rollout, RolloutMachine.NextWork(rollout)!, "gone");
        Assert.Equal(RolloutState.RollingBack, rollout.State);
        rollout = Work(rollout);
        Assert.Equal((RolloutState.Failed, "Failed Returned"), (rollout.State, Phases(rollout)));
        Assert.Equal("gone", rollout.Clients[0].Problem);
    }

    [Fact]
    public void A_person_may_stop_it_and_later_take_all_back()
    {
        Rollout rollout = Work(Plan("1,all", 3));
        rollout = RolloutMachine.Advance(Boots(rollout, "c0", isUp: true), _now, BootOf);
        RolloutWork busy = RolloutMachine.NextWork(rollout)!;
        Assert.Equal("c1", busy.Client);
        rollout = RolloutMachine.Stop(rollout, busy.Client, back: false);
        Assert.Equal("Up Changing Waiting", Phases(rollout));
        rollout = Work(RolloutMachine.Done(rollout, busy, "kept-c1", _now));
        Assert.Equal((RolloutState.Stopped, "Up Changed Waiting"), (rollout.State, Phases(rollout)));
        Assert.Throws<FleetException>(() => RolloutMachine.Stop(rollout, busy: null, back: false));
        rollout = Work(RolloutMachine.Stop(rollout, busy: null, back: true));
        Assert.Equal((RolloutState.RolledBack, "Returned Returned Waiting"), (rollout.State, Phases(rollout)));
        Assert.Throws<FleetException>(() => RolloutMachine.Stop(rollout, busy: null, back: true));
    }

    [Fact]
    public void What_is_being_changed_while_all_goes_back_goes_back_too()
    {
        Rollout rollout = RolloutMachine.Advance(Plan("all", 2), _now, BootOf);
        RolloutWork busy = RolloutMachine.NextWork(rollout)!;
        rollout = RolloutMachine.Stop(rollout, busy.Client, back: true);
        Assert.Equal((RolloutState.RollingBack, "Changing Waiting"), (rollout.State, Phases(rollout)));
        rollout = Work(RolloutMachine.Done(rollout, busy, "kept-c0", _now));
        Assert.Equal((RolloutState.RolledBack, "Returned Waiting"), (rollout.State, Phases(rollout)));
    }

    private static Rollout Plan(string stages, int clients, int restart = 0) => RolloutMachine.Plan(
        new RolloutOrder { Image = "new", Stages = stages.Split(','), RestartSeconds = restart },
        [.. Enumerable.Range(0, clients).Select(static number => ($"c{number}", (string?)"old"))],
        s_start);

    private static string Phases(Rollout rollout) => string.Join(' ', rollout.Clients.Select(static client => client.Phase));

    private RolloutBoot? BootOf(string client) => _boots.TryGetValue(client, out RolloutBoot boot) ? boot : null;

    /// <summary>Moves on and does all the work that there is, each without fail.</summary>
    private Rollout Work(Rollout rollout, List<RolloutWork>? done = null)
    {
        rollout = RolloutMachine.Advance(rollout, _now, BootOf);
        while (RolloutMachine.NextWork(rollout) is { } work)
        {
            done?.Add(work);
            rollout = RolloutMachine.Advance(RolloutMachine.Done(rollout, work, $"kept-{work.Client}", _now), _now, BootOf);
        }

        return rollout;
    }

    private Rollout After(Rollout rollout, int seconds)
    {
        _now += TimeSpan.FromSeconds(seconds);
        return rollout;
    }

    private Rollout Boots(Rollout rollout, string client, bool isUp)
    {
        _now += TimeSpan.FromSeconds(1);
        DateTimeOffset started = isUp && _boots.TryGetValue(client, out RolloutBoot boot) && boot.Started > s_start ? boot.Started : _now;
        _boots[client] = new RolloutBoot(started, isUp);
        return rollout;
    }
}
