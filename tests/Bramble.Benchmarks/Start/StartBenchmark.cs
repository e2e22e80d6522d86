using System.Diagnostics;
using System.Globalization;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Benchmarks.Start;

/// <summary>
/// How fast the published binary starts and how much memory it takes, beside dnsmasq doing the same job (DHCP and TFTP of the same files
/// on the same segment, the same virtual Raspberry Pis).
/// </summary>
internal static class StartBenchmark
{
    private const double MostMilliseconds = 100;
    private const double MostMegabytes = 40;

    public static int Run(string[] args)
    {
        bool quick = args.Contains("--quick");
        int starts = Option(args, "--starts", quick ? 3 : 10);
        int boots = Option(args, "--boots", quick ? 5 : 30);
        int boards = Option(args, "--boards", boots);
        // Both servers serve the same files from the same folder.
        using var box = new BootBox("[dhcp]\nmode = server\n");
        box.Bramble("image", "add", PiDisk.Make(box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");

        StartResult bramble = Measure(box, new BrambleServer(box), starts, boots, boards);
        StartResult dnsmasq = Measure(box, new DnsmasqServer(box), starts, boots, boards);
        Print(bramble, dnsmasq, starts, boots, boards);
        return 0;
    }

    private static int Option(string[] args, string name, int otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }

    private static StartResult Measure(BootBox box, IBootServer server, int starts, int boots, int boards)
    {
        // Once to have the files in the page cache.
        StartOnce(box, server).Process.Dispose();
        List<TimeSpan> times = [];
        for (int i = 1; i < starts; i++)
        {
            (GatedProcess process, TimeSpan time) = StartOnce(box, server);
            process.Dispose();
            times.Add(time);
        }

        (GatedProcess last, TimeSpan lastTime) = StartOnce(box, server);
        using (last)
        {
            times.Add(lastTime);
            Thread.Sleep(TimeSpan.FromSeconds(2));
            Memory started = last.Memory();
            var clock = Stopwatch.StartNew();
            for (int i = 0; i < boots; i++)
            {
                Boot(box, server, last, serial: 0x10000001u + (uint)(i % boards));
            }

            TimeSpan boot = clock.Elapsed / boots;
            return new StartResult(server.Name, [.. times.Order()], started, last.Memory(), boot, server.Helpers());
        }
    }

    private static (GatedProcess Process, TimeSpan Time) StartOnce(BootBox box, IBootServer server)
    {
        string notifyPath = Path.Combine(box.Folder, "notify");
        File.Delete(notifyPath);
        using var notify = new NotifySocket(notifyPath);
        var process = new GatedProcess(
            box.Segment.ServerNamespace, Path.Combine(box.Folder, server.Name + ".log"), server.Command,
            new Dictionary<string, string>(box.Bus.Environment) { ["NOTIFY_SOCKET"] = notifyPath, ["WATCHDOG_USEC"] = "" });
        try
        {
            long start = process.Go();
            return (process, Stopwatch.GetElapsedTime(start, server.WaitUntilReady(process, notify)));
        }
        catch (Exception e)
        {
            string log = process.Log();
            process.Dispose();
            throw new InvalidOperationException($"{server.Name} did not start: {e.Message}\n{log}", e);
        }
    }

    private static void Boot(BootBox box, IBootServer server, GatedProcess process, uint serial)
    {
        string board = serial.ToString("x8", CultureInfo.InvariantCulture);
        server.Expect(board);
        ShellResult boot = box.VirtualPi(
            "--model", "4b", "--serial", board, "--interface", "pi0", "--boot-files", BootFiles(box), "--expect", "cmdline.txt", "--timeout", "60");
        if (boot.ExitCode != 0)
        {
            throw new InvalidOperationException($"Board {board} did not boot from {server.Name}:\n{boot.Output}{boot.Error}\n{process.Log()}");
        }
    }

    /// <summary>Where the files are that the boards load.</summary>
    internal static string BootFiles(BootBox box) => Path.Combine(box.DataFolder, "images/pi/boot");

    private static void Print(StartResult bramble, StartResult dnsmasq, int starts, int boots, int boards)
    {
        Console.WriteLine($"Start, ms, of {starts} starts          median      min      max");
        Line("bramble, exec to READY=1", bramble);
        Line("dnsmasq, exec to ports 67+69 bound", dnsmasq);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ratio of the medians {bramble.Median / dnsmasq.Median:F1}; budget < {MostMilliseconds:F0} ms: {Verdict(bramble.Median < MostMilliseconds)} (slowest: {Verdict(bramble.Times[^1].TotalMilliseconds < MostMilliseconds)})"));
        Console.WriteLine();
        Console.WriteLine("Memory, MB                          VmRSS    VmHWM  RssAnon");
        foreach (StartResult result in (StartResult[])[bramble, dnsmasq])
        {
            Row($"{result.Name}, started", result.Started);
            Row($"{result.Name}, after {boots} boots of {boards}", result.Booted);
            foreach ((string name, Memory memory) in result.Helpers)
            {
                Row(name, memory);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ratio of VmRSS after the boots {bramble.Booted.Resident / dnsmasq.Booted.Resident:F1}; budget < {MostMegabytes:F0} MB: {Verdict(bramble.Booted.Peak < MostMegabytes)} (by VmHWM){string.Concat(bramble.Helpers.Select(h => $"; {h.Name}: {Verdict(h.Memory.Peak < MostMegabytes)}"))}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"mean time of a virtual Pi 4's boot, s: bramble {bramble.Boot.TotalSeconds:F2} (makes the board's root), dnsmasq {dnsmasq.Boot.TotalSeconds:F2}"));

        static void Line(string name, StartResult result) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-34} {result.Median,8:F1} {result.Times[0].TotalMilliseconds,8:F1} {result.Times[^1].TotalMilliseconds,8:F1}"));

        static void Row(string name, Memory memory) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-32} {memory.Resident,8:F1} {memory.Peak,8:F1} {memory.Own,8:F1}"));

        static string Verdict(bool kept) => kept ? "kept" : "MISSED";
    }
}
