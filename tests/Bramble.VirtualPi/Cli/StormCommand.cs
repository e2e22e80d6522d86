using System.CommandLine;
using System.Globalization;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Link;
using Bramble.VirtualPi.Models;
using Bramble.VirtualPi.Storm;

namespace Bramble.VirtualPi.Cli;

/// <summary><c>virtual-pi storm --boards 30x3b,30x4b --interface NAME</c>: many boards at once, one line of JSON for each, or for all of them.</summary>
internal sealed class StormCommand
{
    private readonly Option<string> _boards = new("--boards") { Description = "how many of which model: 30x3b,30x4b", Required = true };
    private readonly Option<string> _interface = new("--interface") { Description = "network interface; needs no address (one end of a veth pair)", Required = true };
    private readonly Option<string> _serial = new("--serial") { Description = "serial of the first board, the others count on", DefaultValueFactory = _ => "10000001" };
    private readonly Option<double> _within = new("--within") { Description = "seconds in which all of them are switched on", DefaultValueFactory = _ => 0.1 };
    private readonly Option<string?> _bootFiles = new("--boot-files") { Description = "folder with the files that must come, octet for octet" };
    private readonly Option<string[]> _expect = new("--expect") { Description = "NAME=FILE or NAME, as for a boot" };
    private readonly Option<string> _romBugs = new("--rom-bugs") { Description = "on, off, or all (also what happens on bad days)", DefaultValueFactory = _ => "all" };
    private readonly Option<double?> _fileTimeout = new("--file-timeout") { Description = "the boards' TFTP_FILE_TIMEOUT in seconds; 30 by default, as theirs is" };
    private readonly Option<double> _timeout = new("--timeout") { Description = "limit for all boards, in seconds", DefaultValueFactory = _ => 300 };
    private readonly Option<bool> _summary = new("--summary") { Description = "one line for all boards: their times, octets and repeats" };
    private readonly Option<bool> _realTime = new("--real-time") { Description = "run the boards with real-time priority: a busy machine then does not run into their time limits" };
    private readonly Option<int> _seed = new("--seed") { Description = "seed of all chance" };

    /// <summary>Adds <c>storm</c> to the root command.</summary>
    public void AddTo(Command root)
    {
        var command = new Command("storm", "Switch many boards on at once; ends with 0 if all of them load their files, each at an address of its own.");
        foreach (Option option in (Option[])[_boards, _interface, _serial, _within, _bootFiles, _expect, _romBugs, _fileTimeout, _timeout, _summary, _realTime, _seed])
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        root.Subcommands.Add(command);
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        StormOptions options;
        try
        {
            options = new StormOptions
            {
                Boards = ReadBoards(parsed),
                Interface = parsed.GetRequiredValue(_interface),
                Expected = parsed.GetValue(_bootFiles) is { } folder ? CliValues.Folder(folder, parsed.GetValue(_expect) ?? []) : null,
                Within = TimeSpan.FromSeconds(parsed.GetValue(_within)),
                Timeout = TimeSpan.FromSeconds(parsed.GetValue(_timeout)),
                Seed = parsed.GetValue(_seed),
            };
        }
        catch (FormatException mistake)
        {
            Console.Error.WriteLine($"virtual-pi: {mistake.Message}");
            return 2;
        }

        if (parsed.GetValue(_realTime) && !RealTime.TryEnter())
        {
            Console.Error.WriteLine("virtual-pi: no real-time priority: CAP_SYS_NICE is missing");
        }

        try
        {
            IReadOnlyList<StormBoardResult> results = VirtualPiStorm.Run(options, cancellation);
            if (parsed.GetValue(_summary))
            {
                Summarise(results);
            }
            else
            {
                foreach (StormBoardResult result in results)
                {
                    Console.Out.WriteLine(result.ToJson());
                }
            }

            int loaded = results.Count(r => r.Loaded);
            int addresses = results.Where(r => r.Address is not null).Select(r => r.Address).Distinct().Count();
            Console.Error.WriteLine($"virtual-pi: {loaded} of {results.Count} boards loaded everything, at {addresses} addresses");
            return loaded == results.Count && addresses == results.Count ? 0 : 1;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or IOException)
        {
            Console.Error.WriteLine($"virtual-pi: {e.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    private static void Summarise(IReadOnlyList<StormBoardResult> results)
    {
        foreach (StageEvent fault in results.Select(r => r.Fault).OfType<StageEvent>().Take(5))
        {
            Console.Error.WriteLine($"virtual-pi: {fault["code"]}: {fault["reason"]}");
        }

        double[] times = [.. results.Where(r => r.Loaded).Select(r => r.Time.TotalSeconds).Order()];
        double[] bound = [.. results.Where(r => r.Loaded).Select(r => r.Bound.TotalSeconds).Order()];
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $$"""{"boards":{{results.Count}},"loaded":{{times.Length}},"bytes":{{results.Sum(r => r.Bytes)}},"repeats":{{results.Sum(r => r.Repeats)}},"boundLast":{{Quantile(bound, 1):0.000}},"fastest":{{Quantile(times, 0):0.000}},"median":{{Quantile(times, 0.5):0.000}},"p99":{{Quantile(times, 0.99):0.000}},"slowest":{{Quantile(times, 1):0.000}},"cpu":{{Environment.CpuUsage.TotalTime.TotalSeconds:0.000}}}"""));
    }

    private static double Quantile(double[] sorted, double q) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * q)];

    private IReadOnlyList<(PiProfile Profile, PiIdentity Identity)> ReadBoards(ParseResult parsed)
    {
        string text = parsed.GetRequiredValue(_boards);
        uint serial = CliValues.Hex("--serial", parsed.GetRequiredValue(_serial));
        var boards = new List<(PiProfile, PiIdentity)>();
        foreach (string group in text.Split(','))
        {
            int x = group.IndexOf('x', StringComparison.Ordinal);
            if (x <= 0 || !int.TryParse(group.AsSpan(0, x), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            {
                throw new FormatException($"--boards '{text}' is no list such as 30x3b,30x4b.");
            }

            PiModel model = CliValues.Model("--boards", group[(x + 1)..]);
            PiProfile profile = PiProfile.Create(model, bugs: CliValues.Bugs("--rom-bugs", parsed.GetRequiredValue(_romBugs), model));
            if (parsed.GetValue(_fileTimeout) is { } seconds)
            {
                profile = profile with { FileTimeout = TimeSpan.FromSeconds(seconds) };
            }

            for (int i = 0; i < count; i++)
            {
                boards.Add((profile, PiIdentity.Create(model, serial++)));
            }
        }

        return boards;
    }
}
