using System.Globalization;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;

namespace Bramble.Fleet.Story;

/// <summary>Tells a boot. Pure: the fleet's status and the boot's files in, the story out.</summary>
public static class StoryMaker
{
    /// <summary>The story of a client or board.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="wanted">A client's name, a serial or a MAC.</param>
    /// <param name="files">The files of its last boot.</param>
    /// <param name="log">What its bootloader logged.</param>
    /// <returns>Null if there is nobody of that name.</returns>
    public static BootStory? Tell(FleetStatus fleet, string wanted, IReadOnlyList<BootFileStatus> files, IReadOnlyList<BootLogStatus> log) =>
        Tell(fleet, wanted, files) is { } story ? story with { Log = log } : null;

    /// <summary>The same without a log.</summary>
    public static BootStory? Tell(FleetStatus fleet, string wanted, IReadOnlyList<BootFileStatus> files)
    {
        if (fleet.Clients.FirstOrDefault(c => Is(wanted, c.Name, c.Board, c.Mac)) is { } client)
        {
            string root = client.RootState switch
            {
                "ready" => $"Its root is ready: {client.Root}, from image {client.Image}.",
                "preparing" => $"Its root is being made: {client.Root}, from image {client.Image ?? "of the configuration"}.",
                "failed" => $"Its root could not be made: {client.Root}, from image {client.Image ?? "of the configuration"}.",
                _ => "It has no root yet.",
            };
            string board = client.Board is null ? "No board is bound to it." : Board(client.Board, client.Mac, client.Model, client.MemoryMiB);
            return Tell(fleet, client.Name, client.State, [board, root], client.Boot, client.Address, client.Fault, files);
        }

        if (fleet.Unassigned.FirstOrDefault(b => Is(wanted, b.Board, b.Mac, null)) is { } stranger)
        {
            return Tell(
                fleet, stranger.Board, "", [Board(stranger.Board, stranger.Mac, stranger.Model, stranger.MemoryMiB), "It is no client of this server."],
                stranger.Boot, address: null, stranger.Fault, files);
        }

        return null;
    }

    private static bool Is(string wanted, string? a, string? b, string? c) =>
        wanted.Equals(a, StringComparison.OrdinalIgnoreCase) || wanted.Equals(b, StringComparison.OrdinalIgnoreCase) || wanted.Equals(c, StringComparison.OrdinalIgnoreCase);

    private static BootStory Tell(
        FleetStatus fleet, string name, string state, string[] about, BootStatus? boot, string? address, Fault? fault, IReadOnlyList<BootFileStatus> files)
    {
        FaultEntry? entry = fault is null ? null : FaultCatalogue.Find(fault.Code);
        return new BootStory
        {
            Name = name,
            Headline = Headline(name, state, boot, fault),
            About = about,
            Lines = boot is null ? [] : Lines(boot, address, files),
            Fault = fault,
            Causes = fault is null ? [] : [fault.Cause, .. entry?.Causes ?? []],
            Fixes = fault is null ? [] : [fault.Fix, .. entry?.Fixes ?? []],
            Around = fleet.Faults,
            Boot = boot,
            Files = files,
        };
    }

    private static string Headline(string name, string state, BootStatus? boot, Fault? fault) => (fault, boot, state) switch
    {
        ({ } f, _, "up") => $"{name} is up. Fault {f.Code}: {f.Title}.",
        ({ } f, _, _) => $"{name} stands still: {f.Title} ({f.Code}).",
        (_, null, _) => $"{name} has not asked to boot since this server knows it.",
        (_, { } b, "up") => string.Create(CultureInfo.InvariantCulture, $"{name} is up. Its last boot took {Seconds(b, "up"):0.0} s."),
        (_, { } b, "silent") => $"{name} was up, and nothing was heard of it for {Ago(b.SilentSeconds)}: it was switched off, hangs, or is cut off from the network.",
        (_, { } b, "booting") => $"{name} is booting: {Doing(b)}.",
        (_, { } b, "stuck") => $"{name} takes longer than it should: {Doing(b)}.",
        (_, { } b, _) => $"{name} was last heard of {Ago(b.SilentSeconds)} ago: {Doing(b)}.",
    };

    private static string Doing(BootStatus boot) => boot.Stage switch
    {
        "discover" => "it asks for an address",
        "offered" => "it was offered an address and has not taken it",
        "bound" => "it has an address and has asked for no file",
        "firmware" => boot.File is { } file ? $"it loads {file}" : "its firmware loads files",
        "kernel" => "its kernel was sent, its root is not connected",
        "root" => "its root is connected, it has not said that it is up",
        _ => "it was up",
    };

    private static List<StoryLine> Lines(BootStatus boot, string? address, IReadOnlyList<BootFileStatus> files)
    {
        var lines = new List<StoryLine>();
        Add("discover", boot.Discovers > 1 ? $"asked for an address, {boot.Discovers} times" : "asked for an address");
        Add("offered", boot.Offers > 1 ? $"was answered, {boot.Offers} times" : "was answered");
        Add("bound", address is null ? "took its address" : $"took the address {address}");
        Add("firmware", "asked for its first file");
        if (files.Count > 0)
        {
            string again = boot.Retransmits == 0 ? "no packet was lost" : Count(boot.Retransmits, "packet") + " sent again";
            lines.Add(new StoryLine(null, $"{Count(boot.Files, "file")}, {Megabytes(boot.Bytes)} at {Megabytes((long)boot.BytesPerSecond)}/s; {again}"));
        }

        // What is large, and what went wrong, in the order of the boot.
        HashSet<string> telling = [.. files.Where(static f => f.Result == "completed").OrderByDescending(static f => f.Bytes).Take(3).Select(static f => f.Path)];
        foreach (BootFileStatus file in files)
        {
            if (file.Result is "aborted" or "timedOut" or "refused" or "started" || telling.Contains(file.Path))
            {
                lines.Add(new StoryLine(null, File(file)));
            }
        }

        string[] missed = [.. files.Where(static f => f.Result == "notFound").Select(static f => f.Path)];
        if (missed.Length > 0)
        {
            const int named = 6;
            string more = missed.Length > named ? string.Create(CultureInfo.InvariantCulture, $" and {missed.Length - named} more") : "";
            lines.Add(new StoryLine(null, $"looked in vain for {string.Join(", ", missed.Take(named))}{more} (most firmware tries many names)"));
        }

        Add("kernel", "had its kernel");
        Add("root", "connected to its root");
        Add("up", "said that it is up");
        if (boot.Repeats > 0)
        {
            lines.Add(new StoryLine(null, $"{Count(boot.Repeats, "attempt")} before it ended the same way"));
        }

        return lines;

        void Add(string stage, string text)
        {
            if (boot.Stages.TryGetValue(stage, out double seconds))
            {
                lines.Add(new StoryLine(seconds, text));
            }
        }
    }

    private static string File(BootFileStatus file) => file.Result switch
    {
        "started" => $"{file.Path}: {Megabytes(file.Length)}, being sent",
        "refused" => $"{file.Path}: refused",
        "timedOut" => $"{file.Path}: stopped at {Megabytes(file.Bytes)} of {Megabytes(file.Length)}, the board went silent",
        "aborted" => $"{file.Path}: stopped at {Megabytes(file.Bytes)} of {Megabytes(file.Length)}, the board gave up",
        _ => string.Create(CultureInfo.InvariantCulture, $"{file.Path}: {Megabytes(file.Bytes)} in {file.Seconds:0.0} s"),
    };

    private static string Board(string board, string? mac, string? model, int? memory)
    {
        string size = memory switch { null => "", >= 1024 => $", {memory / 1024} GB", _ => $", {memory} MB" };
        string which = board == mac || mac is null ? board : $"{board} ({mac})";
        return $"Board {which}: {(model is null ? "model not known" : "Raspberry Pi " + model)}{size}.";
    }

    private static double Seconds(BootStatus boot, string stage) => boot.Stages.GetValueOrDefault(stage);

    private static string Megabytes(long bytes) => bytes < 1000
        ? Count((int)bytes, "byte")
        : bytes < 100_000 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");

    private static string Ago(double seconds) => seconds switch
    {
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        < 129_600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0} days"),
    };

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
