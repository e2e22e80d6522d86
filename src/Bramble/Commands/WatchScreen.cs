using System.Globalization;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Fleet.Story;

namespace Bramble.Commands;

/// <summary>What <c>bramble watch</c> shows in a terminal: the fleet as a table, or the story of one client. Pure.</summary>
internal static class WatchScreen
{
    private const string Green = "32", Yellow = "33", Red = "31;1", Dim = "2", Bold = "1", Chosen = "7";

    private static readonly string[] s_stages = ["discover", "offered", "bound", "firmware", "kernel", "root", "up"];
    private static readonly string[] s_order = ["stuck", "silent", "booting", "up", "idle"];

    /// <summary>The clients in the order in which they are shown: the worst on top.</summary>
    public static IReadOnlyList<ClientStatus> Order(FleetStatus fleet) =>
        [.. fleet.Clients.OrderBy(static c => Array.IndexOf(s_order, c.State)).ThenBy(static c => c.Name, StringComparer.Ordinal)];

    /// <summary>The fleet, line by line, at most as many as the terminal has.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="chosen">Which client is chosen, in the order of <see cref="Order"/>.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Lines.</param>
    public static IReadOnlyList<string> Table(FleetStatus fleet, int chosen, int width, int height)
    {
        FleetCounts counts = fleet.Counts;
        var lines = new List<string>
        {
            Paint(Fit($"{fleet.Server.Name} at {fleet.Server.Address}, {(fleet.Server.Mode == "server" ? "DHCP server" : "beside another DHCP server")}, enrolment {fleet.Server.Enrolment}", width), Bold),
            $"{Paint($"{counts.Up} up", Green)}, {Paint($"{counts.Booting} booting", Yellow)}, {Paint($"{counts.Stuck} stuck", Red)}, {counts.Idle} idle{(counts.Silent > 0 ? ", " + Paint($"{counts.Silent} silent", Yellow) : "")}{(counts.NotApproved > 0 ? $", {counts.NotApproved} not approved" : "")}",
            "",
        };
        IReadOnlyList<ClientStatus> clients = Order(fleet);
        List<string> below = Below(fleet, clients, chosen, width);
        int name = Math.Clamp(clients.Select(static c => c.Name.Length).DefaultIfEmpty().Max(), 6, Math.Max(6, width - 58));
        lines.Add(Paint(Fit($"  {"client".PadRight(name)}  {"state",-8} {"stage",-17} {"time",8}  {"address",-15}  image", width), Dim));
        int room = Math.Max(1, height - lines.Count - below.Count);
        int first = Math.Clamp(chosen - (room / 2), 0, Math.Max(0, clients.Count - room));
        for (int i = first; i < Math.Min(clients.Count, first + room); i++)
        {
            lines.Add(Row(clients[i], i == chosen, name, width));
        }

        if (clients.Count == 0)
        {
            lines.Add(Paint(counts.Up + counts.Idle > 0 ? "  All are up or idle." : "  No Raspberry Pi has asked yet.", Dim));
        }

        while (lines.Count < height - below.Count)
        {
            lines.Add("");
        }

        return [.. lines, .. below];
    }

    /// <summary>The story of one client, line by line.</summary>
    /// <param name="story">The story.</param>
    /// <param name="from">How many lines are above the window.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Lines.</param>
    public static IReadOnlyList<string> Story(BootStory story, int from, int width, int height)
    {
        string[] text = StoryText.Write(story, Math.Max(40, width)).TrimEnd('\n').Split('\n');
        int room = Math.Max(1, height - 1);
        List<string> lines = [.. text.Skip(Math.Clamp(from, 0, Math.Max(0, text.Length - room))).Take(room).Select((line, i) => i == 0 && from == 0 ? Paint(Fit(line, width), story.Fault is null ? Bold : Red) : Fit(line, width))];
        while (lines.Count < room)
        {
            lines.Add("");
        }

        lines.Add(Paint(Fit($"{(text.Length > room ? "↑ ↓: more    " : "")}← or Esc: back    q: leave", width), Dim));
        return lines;
    }

    private static List<string> Below(FleetStatus fleet, IReadOnlyList<ClientStatus> clients, int chosen, int width)
    {
        var lines = new List<string> { "" };
        foreach (Fault fault in fleet.Faults.Take(3))
        {
            lines.Add(Paint(Fit($"{fault.Code} {FaultCatalogue.PlaceOf(fault.Code)}: {fault.Title}. {fault.Fix}", width), Red));
        }

        if (chosen < clients.Count && clients[chosen].Fault is { } own)
        {
            lines.Add(Paint(Fit($"{own.Code} {clients[chosen].Name}: {own.Title}. {own.Fix}", width), Red));
        }

        lines.Add(Paint(Fit("↑ ↓: choose    Enter: look into it    q: leave", width), Dim));
        return lines;
    }

    private static string Row(ClientStatus client, bool isChosen, int name, int width)
    {
        string colour = client.State switch { "up" => Green, "booting" or "silent" => Yellow, "stuck" => Red, _ => Dim };
        int reached = client.Boot is { } boot ? Array.IndexOf(s_stages, boot.Stage) + 1 : 0;
        string stages = new string('■', reached) + new string('·', s_stages.Length - reached);
        string time = client.Boot is { } last && last.Stages.TryGetValue(last.Stage, out double seconds) ? seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s" : "";
        string left = Fit($"{(isChosen ? '>' : ' ')} {client.Name}", name + 2).PadRight(name + 2);
        string rest = Fit($"{time,8}  {client.Address,-15}  {client.Image}{(client.Fault is { } fault ? "  " + fault.Code : "")}", Math.Max(0, width - name - 31));
        return $"{(isChosen ? Paint(left, Chosen) : left)}  {Paint($"{client.State,-8}", colour)} {Paint(stages, colour)} {client.Boot?.Stage,-9} {rest}";
    }

    // Names are of the network: no control character gets to the terminal.
    private static string Fit(string text, int width)
    {
        string clean = text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 ? text : new string([.. text.Select(static c => char.IsControl(c) ? '?' : c)]);
        return clean.Length <= width ? clean : width <= 1 ? "" : clean[..(width - 1)] + "…";
    }

    private static string Paint(string text, string how) => text.Length == 0 ? "" : $"\x1b[{how}m{text}\x1b[0m";
}
