using System.Text.RegularExpressions;
using Bramble.Commands;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Fleet.Story;
using Xunit;

namespace Bramble.Tests.Commands;

public sealed partial class WatchScreenTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(40, 6)]
    [InlineData(80, 24)]
    [InlineData(200, 50)]
    public void It_never_goes_over_the_edge_of_the_terminal(int width, int height)
    {
        foreach (int clients in (int[])[0, 1, 5, 300])
        {
            FleetStatus fleet = Fleet(clients);
            for (int chosen = 0; chosen < Math.Max(1, clients); chosen += 7)
            {
                IReadOnlyList<string> lines = WatchScreen.Table(fleet, chosen, width, height);
                Assert.True(lines.Count <= Math.Max(height, 8), $"{lines.Count} lines");
                Assert.All(lines, line => Assert.True(Plain(line).Length <= Math.Max(width, 60), line));
                Assert.True(clients == 0 || lines.Any(l => l.Contains("> ", StringComparison.Ordinal)), "the chosen one is in sight");
            }
        }
    }

    [Fact]
    public void The_worst_is_on_top_and_its_fix_below()
    {
        string[] lines = [.. WatchScreen.Table(Fleet(5), 0, 120, 24).Select(Plain)];
        Assert.Contains("1 up, 1 booting, 2 stuck", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("> pi-", lines[4], StringComparison.Ordinal);
        Assert.Contains("stuck", lines[4], StringComparison.Ordinal);
        Assert.Contains("■■■■··· firmware", lines[4], StringComparison.Ordinal);
        Assert.Contains(lines, static l => l.StartsWith("BR201 pi-", StringComparison.Ordinal) && l.Contains("Put it back.", StringComparison.Ordinal));
        Assert.Contains("q: leave", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_cannot_move_the_cursor()
    {
        FleetStatus fleet = Fleet(1) with { Clients = [Client(0) with { Name = "a\u001b[2J\nb" }] };
        Assert.DoesNotContain(WatchScreen.Table(fleet, 0, 80, 24), static l => Plain(l).Any(char.IsControl));
    }

    [Fact]
    public void A_story_is_scrolled()
    {
        BootStory story = StoryMaker.Tell(Fleet(2), "pi-1", [])!;
        string[] whole = [.. WatchScreen.Story(story, 0, 80, 60).Select(Plain)];
        string[] top = [.. WatchScreen.Story(story, 0, 80, 8).Select(Plain)];
        string[] more = [.. WatchScreen.Story(story, 3, 80, 8).Select(Plain)];
        Assert.Equal(8, top.Length);
        Assert.Equal(whole[3], more[0]);
        Assert.Contains("↑ ↓: more", top[^1], StringComparison.Ordinal);
        Assert.Equal(8, WatchScreen.Story(story, 10_000, 80, 8).Count);
    }

    private static FleetStatus Fleet(int clients) => new()
    {
        Time = s_now,
        Server = new ServerStatus("box", "10.77.0.1", "server", "open", null),
        Counts = new FleetCounts(1, 1, 2, 1, 0),
        Images = [],
        Clients = [.. Enumerable.Range(0, clients).Select(Client)],
        Unassigned = [],
    };

    private static ClientStatus Client(int i) => new()
    {
        Name = $"pi-{i}", State = (i % 4) switch { 0 => "up", 1 => "stuck", 2 => "booting", _ => "idle" }, HostName = $"pi-{i}", Image = "trixie-with-a-long-name", Root = "nfs", RootState = "ready", Address = "10.77.0.128",
        Boot = new BootStatus { Number = 1, Started = s_now, Stage = i % 4 == 0 ? "up" : "firmware", Stages = new Dictionary<string, double> { ["discover"] = 0, ["firmware"] = 3.2, ["up"] = 31.5 }, SilentSeconds = 1 },
        Fault = i % 4 == 1 ? new Fault(FaultCode.FileMissing, "A file is missing", "Asked for.", "Removed.", "Put it back.", s_now) : null,
    };

    private static string Plain(string line) => Escapes().Replace(line, "");

    [GeneratedRegex("\u001b\\[[0-9;]*m", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Escapes();
}
