using System.CommandLine;
using System.Diagnostics;
using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Link;
using Bramble.VirtualPi.Replay;

namespace Bramble.VirtualPi.Cli;

/// <summary><c>virtual-pi replay --transcript FILE --id ID --interface NAME</c>: a recorded boot against a live server.</summary>
internal sealed class ReplayCommand
{
    private readonly Option<string> _file = new("--transcript") { Description = "file of transcripts", Required = true };
    private readonly Option<string?> _id = new("--id") { Description = "one transcript; all of the file by default" };
    private readonly Option<string?> _interface = new("--interface") { Description = "network interface" };
    private readonly Option<string[]> _map = new("--map") { Description = "FROM=TO: put TO in the place of FROM where a path begins with it" };
    private readonly Option<string?> _bootFiles = new("--boot-files") { Description = "folder with the files that must come, octet for octet" };
    private readonly Option<string[]> _expect = new("--expect") { Description = "NAME=FILE or NAME, as for a boot" };
    private readonly Option<double> _timeout = new("--timeout") { Description = "limit for one transcript, in seconds", DefaultValueFactory = _ => 300 };
    private readonly Option<bool> _listFiles = new("--list-files") { Description = "only print which files a server needs, and which it must not have" };

    /// <summary>Adds <c>replay</c> to the root command.</summary>
    public void AddTo(Command root)
    {
        var command = new Command("replay", "Play the board's side of a recorded boot against a live server.");
        foreach (Option option in (Option[])[_file, _id, _interface, _map, _bootFiles, _expect, _timeout, _listFiles])
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
            int failures = 0;
            foreach (Transcript transcript in Chosen(parsed))
            {
                failures += parsed.GetValue(_listFiles) ? ListFiles(transcript) : Replay(transcript, parsed, cancellation);
            }

            return failures == 0 ? 0 : 1;
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

    private IReadOnlyList<Transcript> Chosen(ParseResult parsed)
    {
        IReadOnlyList<Transcript> all = Transcript.Load(parsed.GetRequiredValue(_file));
        if (parsed.GetValue(_id) is not { } id)
        {
            return all;
        }

        foreach (Transcript transcript in all)
        {
            if (transcript.Id == id)
            {
                return [transcript];
            }
        }

        throw new FormatException($"there is no transcript '{id}' in the file.");
    }

    private int Replay(Transcript transcript, ParseResult parsed, CancellationToken cancellation)
    {
        Console.Out.WriteLine($"# {transcript.Id} ({transcript.Model})");
        if (transcript.NotReplayable is { } reason)
        {
            Console.Out.WriteLine($"skipped: {reason}");
            return 0;
        }

        var maps = new List<KeyValuePair<string, string>>();
        foreach (string map in parsed.GetValue(_map) ?? [])
        {
            int equals = map.IndexOf('=', StringComparison.Ordinal);
            maps.Add(equals > 0 ? new(map[..equals], map[(equals + 1)..]) : throw new FormatException($"--map '{map}' is not FROM=TO."));
        }

        var settings = new ReplaySettings
        {
            Maps = maps,
            Expected = parsed.GetValue(_bootFiles) is { } folder ? CliValues.Folder(folder, parsed.GetValue(_expect) ?? []) : AnyFiles.Instance,
        };
        string name = parsed.GetValue(_interface) ?? throw new FormatException("--interface is needed to replay.");
        var clock = Stopwatch.StartNew();
        using var port = new EthernetPort(name, clock);
        var replay = new TranscriptReplay(transcript, settings, port.Send, step =>
        {
            Console.Out.WriteLine(step);
            Console.Out.Flush();
        });
        BoardDriver.Run(replay, port, clock, TimeSpan.FromSeconds(parsed.GetValue(_timeout)), cancellation);
        Console.Out.WriteLine($"= {transcript.Id}: {replay.Passes} ok, {replay.Failures} failed");
        return replay.Failures;
    }

    /// <summary>One line for each path: what it must be for the transcript to come out, and the path.</summary>
    private static int ListFiles(Transcript transcript)
    {
        var wanted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (TranscriptPacket packet in transcript.Packets)
        {
            if (packet.Protocol == "tftp")
            {
                string path = packet.Path.Replace("//", "/", StringComparison.Ordinal);
                wanted[path] = packet.Expect switch
                {
                    "full" or "probe" => "present",
                    "not_found" => "absent",
                    _ => wanted.GetValueOrDefault(path, "optional"),
                };
            }
        }

        foreach ((string path, string expectation) in wanted)
        {
            Console.Out.WriteLine($"{transcript.Id}\t{expectation}\t{path}");
        }

        return 0;
    }
}
