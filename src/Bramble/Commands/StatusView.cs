using System.Globalization;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Fleet.Story;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Bramble.Commands;

/// <summary>Draws a <see cref="FleetStatus"/> for a terminal.</summary>
internal static class StatusView
{
    private static readonly string[] s_stages = ["discover", "offered", "bound", "firmware", "kernel", "root", "up"];

    private const int WideEnough = 120;

    // By design, and many: other machines beside a proxy, boards that are not approved.
    private static readonly string[] s_ordinaryDrops = ["notForProxy", "otherServer", "notServed"];
    private static readonly Dictionary<string, long> s_none = [];

    /// <summary>Writes the whole status.</summary>
    public static void Write(IAnsiConsole console, FleetStatus fleet)
    {
        ServerStatus server = fleet.Server;
        FleetCounts counts = fleet.Counts;
        string mode = server.Mode == "server" ? "DHCP server" : "beside another DHCP server";
        console.MarkupLineInterpolated($"[bold]{server.Name}[/] at {server.Address}, {mode}, enrolment {server.Enrolment}");
        console.MarkupLineInterpolated($"[green]{counts.Up} up[/], [yellow]{counts.Booting} booting[/], [red]{counts.Stuck} stuck[/], {counts.Idle} idle{(counts.Silent > 0 ? $", {counts.Silent} silent" : "")}{(counts.NotApproved > 0 ? $", {counts.NotApproved} not approved" : "")}");
        if (!server.ChecksAddress)
        {
            console.MarkupLine("[yellow]Whoever is on the served network can read every board's files[/] ([[tftp]] check-address = no)");
        }

        IReadOnlyList<ImportStatus> imports = fleet.Imports ?? [];
        foreach (ImportStatus import in imports)
        {
            console.MarkupLineInterpolated(import.Failure is null ? $"{import}" : (FormattableString)$"[red]{import}[/]");
        }

        console.WriteLine();
        if (fleet.Images.Count == 0 && !imports.Any(static i => i.Ended is null))
        {
            console.MarkupLine("No image yet. Add one: [bold]sudo bramble image add FILE[/]");
        }

        // Of a large fleet the server tells only those that something happens to.
        int all = counts.Up + counts.Booting + counts.Stuck + counts.Idle + counts.Silent;
        if (fleet.Clients.Count > 0)
        {
            WriteClients(console, fleet);
        }

        if (all > fleet.Clients.Count)
        {
            console.MarkupLineInterpolated($"[dim]{all - fleet.Clients.Count} more are up or idle: bramble client list[/]");
        }
        else if (all == 0 && fleet.Images.Count > 0)
        {
            console.MarkupLine("No Raspberry Pi has asked yet. If one is switched on, see docs/how-to/prepare-a-board.md.");
        }

        if (fleet.Unassigned.Count > 0)
        {
            console.Write(Unassigned(fleet));
        }

        string dropped = string.Join(", ", (fleet.Dhcp?.Dropped ?? s_none)
            .Where(static d => !s_ordinaryDrops.Contains(d.Key)).OrderByDescending(static d => d.Value).Select(static d => $"{d.Value} {d.Key}"));
        if (dropped.Length > 0)
        {
            console.MarkupLineInterpolated($"[dim]DHCP packets without an answer: {dropped}[/]");
        }

        foreach ((string who, Fault fault) in Faults(fleet))
        {
            WriteFault(console, who, fault);
        }
    }

    /// <summary>Writes the table of clients.</summary>
    public static void WriteClients(IAnsiConsole console, FleetStatus fleet) =>
        console.Write(Clients(fleet, console.Profile.Width >= WideEnough));

    /// <summary>Writes one client with the stages of its last boot.</summary>
    public static void WriteClient(IAnsiConsole console, ClientStatus client)
    {
        console.MarkupLineInterpolated($"[bold]{client.Name}[/]: {client.State}");
        console.MarkupLineInterpolated($"  board    {client.Board ?? "none yet"}, {client.Model ?? "model not known"}{(client.Mac is null ? "" : $", {client.Mac}")}");
        console.MarkupLineInterpolated($"  address  {client.Address ?? "none yet"}");
        console.MarkupLineInterpolated($"  root     {client.Root}{(client.Nfs is null ? "" : $" (NFS v{client.Nfs})")} from image {client.Image ?? "(none yet)"}, {client.RootState}");
        if (client.Boot is { } boot)
        {
            console.MarkupLineInterpolated($"  boot {boot.Number}, begun {boot.Started.ToLocalTime():yyyy-MM-dd HH:mm:ss}:");
            foreach (string stage in s_stages)
            {
                string time = boot.Stages.TryGetValue(stage, out double seconds) ? string.Create(CultureInfo.InvariantCulture, $"{seconds,9:0.00} s") : "          -";
                console.MarkupLineInterpolated($"    {stage,-9}{time}");
            }

            console.MarkupLineInterpolated($"    {boot.Files} files, {Loaded(boot)}, {boot.Probes} probes, {boot.Retransmits} packets sent again");
        }

        if (client.Fault is { } fault)
        {
            WriteFault(console, client.Name, fault);
        }
    }

    /// <summary>Writes the files of a boot.</summary>
    public static void WriteFiles(IAnsiConsole console, IReadOnlyList<BootFileStatus> files)
    {
        Table table = Columns("file", "result", "bytes", "MB/s", "block", "asked", "probes", "again");
        foreach (BootFileStatus file in files)
        {
            table.AddRow(
                Text(file.Path), Text(file.Result), Text(file.Length.ToString(CultureInfo.InvariantCulture)),
                Text(file.BytesPerSecond > 0 ? (file.BytesPerSecond / 1e6).ToString("0.0", CultureInfo.InvariantCulture) : null), Text(file.BlockSize.ToString(CultureInfo.InvariantCulture)),
                Text(file.Asked.ToString(CultureInfo.InvariantCulture)), Text(file.Probes.ToString(CultureInfo.InvariantCulture)), Text(file.Retransmits.ToString(CultureInfo.InvariantCulture)));
        }

        console.Write(table);
    }

    /// <summary>Writes the log of a bootloader, as it is: one line is one line.</summary>
    public static void WriteLog(IReadOnlyList<BootLogStatus> log)
    {
        foreach (BootLogStatus line in log)
        {
            Console.WriteLine(line.Seconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds,9:0.00} s  {line.Text}") : line.Text);
        }
    }

    private static Table Clients(FleetStatus fleet, bool wide)
    {
        Table table = Columns(wide
            ? ["client", "state", "stage", "time", "address", "root", "image", "board", "model", "loaded"]
            : ["client", "state", "stage", "time", "address", "root"]);
        foreach (ClientStatus client in fleet.Clients)
        {
            BootStatus? boot = client.Boot;
            List<IRenderable> row =
            [
                Text(client.Name), State(client.State), boot is null ? Text(null) : Stage(boot, client.State), Text(boot is null ? null : Seconds(boot)),
                Text(client.Address), Text(client.RootState == "ready" ? client.Root : $"{client.Root} ({client.RootState})"),
            ];
            if (wide)
            {
                row.AddRange([Text(client.Image), Text(client.Board), Text(client.Model), Text(boot is null || boot.Bytes == 0 ? null : Loaded(boot))]);
            }

            table.AddRow(row);
        }

        return table;
    }

    private static Table Unassigned(FleetStatus fleet)
    {
        Table table = Columns("seen, no client", "model", "mac", "last seen");
        foreach (BoardStatus board in fleet.Unassigned)
        {
            table.AddRow(Text(board.Board), Text(board.Model), Text(board.Mac), Text(Ago(fleet.Time - board.LastSeen)));
        }

        return table;
    }

    private static IEnumerable<(string Who, Fault Fault)> Faults(FleetStatus fleet) =>
        fleet.Faults.Select(static f => (FaultCatalogue.PlaceOf(f.Code), f))
            .Concat(fleet.Clients.Where(c => c.Fault is not null).Select(c => (c.Name, c.Fault!)))
            .Concat(fleet.Unassigned.Where(b => b.Fault is not null).Select(b => (b.Board, b.Fault!)));

    private static void WriteFault(IAnsiConsole console, string who, Fault fault)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[red bold]{fault.Code}[/] [bold]{who}: {fault.Title}[/]");
        console.WriteLine(HangingText.Write("  seen:  ", fault.Seen, console.Profile.Width));
        console.WriteLine(HangingText.Write("  cause: ", fault.Cause, console.Profile.Width));
        console.WriteLine(HangingText.Write("  fix:   ", fault.Fix, console.Profile.Width));
    }

    private static Table Columns(params string[] names)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string name in names)
        {
            table.AddColumn(new TableColumn(new Markup($"[dim]{name}[/]")).NoWrap());
        }

        return table;
    }

    private static Text Text(string? text) => new(text ?? "-");

    private static Markup State(string state) => new(state switch
    {
        "up" => "[green]up[/]",
        "booting" => "[yellow]booting[/]",
        "stuck" => "[red]stuck[/]",
        "silent" => "[yellow]silent[/]",
        _ => "[dim]idle[/]",
    });

    // One mark for each stage that was reached, so that the eye sees how far it came.
    private static Markup Stage(BootStatus boot, string state)
    {
        int reached = Array.IndexOf(s_stages, boot.Stage) + 1;
        string colour = state switch { "up" => "green", "stuck" => "red", _ => "yellow" };
        return new Markup($"[{colour}]{new string('■', reached)}[/][dim]{new string('·', s_stages.Length - reached)}[/] {boot.Stage}");
    }

    private static string Seconds(BootStatus boot) =>
        boot.Stages.TryGetValue(boot.Stage, out double seconds) ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s") : "-";

    private static string Loaded(BootStatus boot) =>
        string.Create(CultureInfo.InvariantCulture, $"{boot.Bytes / 1e6:0.0} MB, {boot.BytesPerSecond / 1e6:0.0} MB/s");

    private static string Ago(TimeSpan span) => span.TotalSeconds < 90 ? $"{span.TotalSeconds:0} s ago" : span.TotalMinutes < 90 ? $"{span.TotalMinutes:0} min ago" : $"{span.TotalHours:0} h ago";
}
