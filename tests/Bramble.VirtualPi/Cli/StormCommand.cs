using System.CommandLine;
using System.Globalization;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Models;
using Bramble.VirtualPi.Storm;

namespace Bramble.VirtualPi.Cli;

/// <summary><c>virtual-pi storm --boards 200 --interface NAME</c>: many boards at once; what became of them as one line of JSON.</summary>
internal sealed class StormCommand
{
    private readonly Option<string> _model = new("--model") { Description = "3b, 3b+, 4b or 5", DefaultValueFactory = _ => "4b" };
    private readonly Option<int> _boards = new("--boards") { Description = "how many", DefaultValueFactory = _ => 200 };
    private readonly Option<string> _serial = new("--serial") { Description = "serial of the first one, eight hex digits; the others count on", DefaultValueFactory = _ => "10000001" };
    private readonly Option<string> _interface = new("--interface") { Description = "network interface; needs no address (one end of a veth pair)", Required = true };
    private readonly Option<string> _bootFiles = new("--boot-files") { Description = "folder with the files that must come, octet for octet", Required = true };
    private readonly Option<string[]> _expect = new("--expect") { Description = "NAME=FILE or NAME, as for one boot" };
    private readonly Option<double?> _fileTimeout = new("--file-timeout") { Description = "the boards' TFTP_FILE_TIMEOUT in seconds; 30 by default, as theirs is" };
    private readonly Option<double> _timeout = new("--timeout") { Description = "limit for all of them, in seconds", DefaultValueFactory = _ => 300 };

    /// <summary>Adds <c>storm</c> to the root command.</summary>
    public void AddTo(Command root)
    {
        var command = new Command("storm", "Many boards that are switched on at once, on one interface.");
        foreach (Option option in (Option[])[_model, _boards, _serial, _interface, _bootFiles, _expect, _fileTimeout, _timeout])
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, cancellation), cancellation));
        root.Subcommands.Add(command);
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            PiProfile profile = PiProfile.Create(CliValues.Model(parsed.GetRequiredValue(_model)));
            if (parsed.GetValue(_fileTimeout) is { } seconds)
            {
                profile = profile with { FileTimeout = TimeSpan.FromSeconds(seconds) };
            }

            FolderFiles files = CliValues.Folder(parsed.GetRequiredValue(_bootFiles), parsed.GetValue(_expect) ?? []);
            IReadOnlyList<StormBoard> boards = BoardStorm.Run(
                profile, CliValues.Hex("--serial", parsed.GetRequiredValue(_serial)), parsed.GetValue(_boards), parsed.GetRequiredValue(_interface),
                files, TimeSpan.FromSeconds(parsed.GetValue(_timeout)), cancellation);
            Console.WriteLine(Summary(boards));
            return boards.All(board => board.Fault is null) ? 0 : 1;
        }
        catch (FormatException mistake)
        {
            Console.Error.WriteLine($"virtual-pi: {mistake.Message}");
            return 2;
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

    private static string Summary(IReadOnlyList<StormBoard> boards)
    {
        double[] times = [.. boards.Where(board => board.Fault is null).Select(board => board.Time.TotalSeconds).Order()];
        double[] bound = [.. boards.Where(board => board.Fault is null).Select(board => board.Bound.TotalSeconds).Order()];
        foreach (string fault in boards.Select(board => board.Fault).OfType<string>().Take(5))
        {
            Console.Error.WriteLine($"virtual-pi: {fault}");
        }

        return string.Create(CultureInfo.InvariantCulture,
            $$"""{"boards":{{boards.Count}},"loaded":{{times.Length}},"bytes":{{boards.Sum(b => b.Bytes)}},"repeats":{{boards.Sum(b => b.Repeats)}},"boundLast":{{Quantile(bound, 1):0.000}},"fastest":{{Quantile(times, 0):0.000}},"median":{{Quantile(times, 0.5):0.000}},"p99":{{Quantile(times, 0.99):0.000}},"slowest":{{Quantile(times, 1):0.000}},"cpu":{{Environment.CpuUsage.TotalTime.TotalSeconds:0.000}}}""");
    }

    private static double Quantile(double[] sorted, double q) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * q)];
}
