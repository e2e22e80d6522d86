using System.Diagnostics;
using System.Globalization;
using Bramble.Fuzz.Engine;
using Bramble.Fuzz.Targets;

namespace Bramble.Fuzz;

/// <summary>The command line: <c>[--minutes N] [--seed S] [--keep] [--replay FILE] [TARGET…]</c>.</summary>
internal static class FuzzCommand
{
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(20);

    /// <summary>The top folder of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Where crashes and found inputs go.</summary>
    public static string OutFolder => Path.Combine(Root, "out", "fuzz");

    /// <summary>Where the kept inputs of a target lie.</summary>
    public static string KeptFolder(IFuzzTarget target) => Path.Combine(Root, "tests", "Bramble.Fuzz", "Corpus", target.Name);

    /// <summary>Runs; the exit code is 0, 1 for a failure found, 2 for words that are not understood.</summary>
    public static int Run(string[] words)
    {
        double minutes = 10;
        int seed = Random.Shared.Next();
        bool keep = false;
        string? replay = null;
        var names = new List<string>();
        for (int i = 0; i < words.Length; i++)
        {
            string next = i + 1 < words.Length ? words[i + 1] : "";
            switch (words[i])
            {
                case "--minutes" when double.TryParse(next, CultureInfo.InvariantCulture, out minutes):
                    i++;
                    break;
                case "--seed" when int.TryParse(next, CultureInfo.InvariantCulture, out seed):
                    i++;
                    break;
                case "--replay" when next.Length > 0:
                    replay = next;
                    i++;
                    break;
                case "--keep":
                    keep = true;
                    break;
                case { } name when !name.StartsWith('-'):
                    names.Add(name);
                    break;
                default:
                    Console.Error.WriteLine($"fuzz: {words[i]} is not understood: [--minutes N] [--seed S] [--keep] [--replay FILE] [TARGET…]");
                    return 2;
            }
        }

        IReadOnlyList<IFuzzTarget> all = AllTargets.Create();
        IFuzzTarget[] targets = names.Count == 0 ? [.. all] : [.. all.Where(t => names.Contains(t.Name))];
        if (targets.Length < Math.Max(1, names.Count) || (replay is not null && targets.Length != 1))
        {
            Console.Error.WriteLine($"fuzz: the targets are {string.Join(", ", all.Select(t => t.Name))}; --replay wants one of them.");
            return 2;
        }

        if (replay is not null)
        {
            targets[0].Run(File.ReadAllBytes(replay));
            Console.WriteLine($"{targets[0].Name}: {replay} breaks nothing");
            return 0;
        }

        int failures = targets.Count(t => !Fuzz(t, seed, TimeSpan.FromMinutes(minutes / targets.Length), keep));
        foreach (IDisposable target in all.OfType<IDisposable>())
        {
            target.Dispose();
        }

        return failures == 0 ? 0 : 1;
    }

    private static bool Fuzz(IFuzzTarget target, int seed, TimeSpan time, bool keep)
    {
        string found = Path.Combine(OutFolder, "corpus", target.Name);
        var fuzzer = new Fuzzer(target, seed);
        using var watcher = new Timer(_ => StopHang(target, fuzzer, seed), null, s_hang, s_hang);
        var clock = Stopwatch.StartNew();
        FuzzResult result = fuzzer.Run([.. CorpusFolder.Read(KeptFolder(target)), .. CorpusFolder.Read(found)], _ => clock.Elapsed < time);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Name,-15} {result.Executions,10} runs  {result.Executions / Math.Max(0.001, clock.Elapsed.TotalSeconds),8:0}/s  {result.Corpus.Count,5} inputs that showed something new  seed {seed}"));
        if (result.Failure is { } failure)
        {
            Report(target, failure.Input, seed, failure.Error.ToString());
            return false;
        }

        IReadOnlyList<byte[]> distilled = new Fuzzer(target, seed).Distil(result.Corpus);
        CorpusFolder.Write(keep ? KeptFolder(target) : found, distilled);
        return true;
    }

    // An endless loop has no exception: the input is saved and the process ended.
    private static void StopHang(IFuzzTarget target, Fuzzer fuzzer, int seed)
    {
        (byte[] input, long since) = fuzzer.Running;
        if (Environment.TickCount64 - since > s_hang.TotalMilliseconds)
        {
            Report(target, input, seed, $"It runs for more than {s_hang.TotalSeconds} s.");
            Environment.Exit(1);
        }
    }

    private static void Report(IFuzzTarget target, byte[] input, int seed, string what)
    {
        string file = Path.Combine(OutFolder, $"crash-{target.Name}-{CorpusFolder.NameOf(input)}");
        Directory.CreateDirectory(OutFolder);
        File.WriteAllBytes(file, input);
        Console.WriteLine($"{target.Name} broke (seed {seed}): {what}");
        Console.WriteLine($"  input ({input.Length} bytes): {Convert.ToHexStringLower(input.AsSpan(0, Math.Min(input.Length, 600)))}");
        Console.WriteLine($"  again: scripts/fuzz --replay {file} {target.Name}");
    }

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Appliance.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("The fuzzer does not run inside the checkout.");
        }

        return folder;
    }
}
