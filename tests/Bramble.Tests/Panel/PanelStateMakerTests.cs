using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Panel;
using Bramble.Panel.Drawing;
using Bramble.Panel.State;
using Xunit;

namespace Bramble.Tests.Panel;

public sealed class PanelStateMakerTests
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Clients_that_boot_are_shown_longest_first_with_how_far_they_are()
    {
        PanelState state = Make(clients: [Client("b", "booting", Boot("firmware", 5, 45_000_000)), Client("a", "booting", Boot("discover", 20, 0)), Client("c", "up", Boot("up", 90, 9))]);
        Assert.Equal(["a", "b"], state.Boots.Select(b => b.Name));
        Assert.Equal((0.05, 0.65), (state.Boots[0].Progress, Math.Round(state.Boots[1].Progress, 2)));
        Assert.Equal(TimeSpan.FromSeconds(20), state.Boots[0].Elapsed);
    }

    [Fact]
    public void Progress_never_goes_back_from_stage_to_stage()
    {
        string[] stages = ["discover", "offered", "bound", "firmware", "kernel", "root", "up"];
        double[] progress = [.. stages.Select(s => PanelStateMaker.ProgressOf(Boot(s, 1, long.MaxValue)))];
        Assert.Equal(progress.Order(), progress);
        Assert.Equal(1, progress[^1]);
    }

    [Fact]
    public void Newest_fault_comes_first_and_boards_that_left_long_ago_are_no_news()
    {
        PanelState state = Make(
            clients: [Client("old", "stuck", null, Fault("BR103", 100)), Client("new", "stuck", null, Fault("BR201", 5))],
            boards: [Board("a1b2c3d4", 3, Fault("BR104", 3)), Board("deadbeef", 3600, Fault("BR104", 4))]);
        Assert.Equal([("BR104", "a1b2c3d4", true), ("BR201", "new", false), ("BR103", "old", false)], state.Faults.Select(f => (f.Code, f.Who, f.IsAttention)));
    }

    /// <summary>A display of 128 columns has lines of 21 characters: one for what it is, two for what to do.</summary>
    [Fact]
    public void Every_fault_of_the_catalogue_has_words_that_fit()
    {
        string[] codes = [.. typeof(FaultCode).GetFields().Select(f => (string)f.GetValue(null)!)];
        Assert.NotEmpty(codes);
        foreach (string code in codes)
        {
            (string title, string hint) = FaultWords.Of(Fault(code, 1));
            Assert.True(hint != "FIX", $"{code} has no words for the panel: add them to FaultWords.cs");
            Assert.True(title.Length <= 21, $"The title of {code} is too long: {title}");
            Assert.True(TextDrawing.Wrap(hint, 21).Count <= 2, $"The hint of {code} is too long: {hint}");
        }
    }

    [Theory]
    [InlineData("BR107", "network")]
    [InlineData("BR502", "this box")]
    [InlineData("BR601", "this box")]
    public void A_fault_that_no_board_has_is_the_networks_or_the_boxs(string code, string who)
    {
        PanelState state = Make(faults: [Fault(code, 2)]);
        Assert.Equal((code, who, false), (Assert.Single(state.Faults).Code, state.Faults[0].Who, state.Faults[0].IsAttention));
    }

    [Fact]
    public void Imports_are_shown_with_how_far_their_step_is()
    {
        var import = new ImportStatus("a.img.xz", s_now) { Step = "Reading", Done = 1, Total = 4 };
        PanelState state = Make(imports: [import, import with { Total = 0 }, import with { Ended = s_now, Failure = "No." }]);
        Assert.Equal(
            [new PanelImport("a", "Reading", 0.25), new PanelImport("a", "Reading", null), new PanelImport("a", "Reading", 0.25) { HasEnded = true, Failure = "No." }],
            state.Imports);
        Assert.Empty(Make().Imports);
    }

    [Fact]
    public void Pairing_follows_the_enrolment_policy()
    {
        PanelBoard let = new("11111111", "5", Enrolled: true);
        PanelState state = Make(boards: [Board("a1b2c3d4", 3, null), Board("deadbeef", 3600, null)], enrolment: "button", openFor: 90, enrolled: [let]);
        Assert.Equal(TimeSpan.FromSeconds(90), state.Pairing.Left);
        Assert.Equal([let, new PanelBoard("a1b2c3d4", "4 Model B", Enrolled: false)], state.Pairing.Boards);
        Assert.True(Make(enrolment: "open").Pairing is { AlwaysOpen: true, ListOnly: false, Left: null });
        Assert.True(Make(enrolment: "list").Pairing is { AlwaysOpen: false, ListOnly: true });
    }

    private static PanelState Make(
        ClientStatus[]? clients = null, BoardStatus[]? boards = null, string enrolment = "button", int? openFor = null, PanelBoard[]? enrolled = null, Fault[]? faults = null, ImportStatus[]? imports = null) =>
        PanelStateMaker.Make(
            new FleetStatus
            {
                Time = s_now,
                Server = new ServerStatus("box", "10.0.0.1", "server", enrolment, openFor is { } s ? s_now.AddSeconds(s) : null),
                Counts = new FleetCounts(1, 2, 3, 4, 5),
                Images = [],
                Clients = clients ?? [],
                Unassigned = boards ?? [],
                Faults = faults ?? [],
                Imports = imports,
            },
            new PanelState(),
            enrolled ?? []);

    private static ClientStatus Client(string name, string state, BootStatus? boot, Fault? fault = null) =>
        new() { Name = name, State = state, HostName = name, Root = "nfs", RootState = "ready", Boot = boot, Fault = fault };

    private static BoardStatus Board(string serial, int silent, Fault? fault) =>
        new() { Board = serial, Mac = "dc:a6:32:00:00:01", Model = "4 Model B", FirstSeen = s_now, LastSeen = s_now.AddSeconds(-silent), Fault = fault };

    private static BootStatus Boot(string stage, int age, long bytes) =>
        new() { Number = 1, Started = s_now.AddSeconds(-age), Stage = stage, Stages = new Dictionary<string, double>(), SilentSeconds = 0, Bytes = bytes };

    private static Fault Fault(string code, int age) => new(code, "Title", "Seen", "Cause", "FIX", s_now.AddSeconds(-age));
}
