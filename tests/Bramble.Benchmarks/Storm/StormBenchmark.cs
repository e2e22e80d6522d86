using System.Globalization;
using System.Text.Json;
using Bramble.Benchmarks.Tftp;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Benchmarks.Storm;

/// <summary>
/// 200 virtual Raspberry Pi 4s that are switched on in the same moment and load 30 MB each, from DHCP on, each with its own Ethernet
/// address: the published binary, which checks who asks, and beside it dnsmasq.
/// </summary>
internal static class StormBenchmark
{
    private const double MostOfMedian = 2;
    private static readonly string[] s_onServerProcessor = Environment.ProcessorCount > 1 ? ["taskset", "-c", "0"] : [];
    private static readonly string[] s_onOtherProcessor = Environment.ProcessorCount > 1 ? ["taskset", "-c", "1"] : [];

    public static int Run(string[] args)
    {
        bool quick = args.Contains("--quick");
        int boards = Option(args, "--boards", quick ? 50 : 200);
        int megabytes = Option(args, "--megabytes", quick ? 10 : 30);
        using var box = new PreparedBox(boards, logLevel: "info");
        PiFiles.Write(box.BootFolder, megabytes * 1_000_000L);
        Console.WriteLine($"{boards} virtual Raspberry Pi 4s at once, {megabytes} MB each; times in seconds from power-on");
        Console.WriteLine("server     loaded  last lease  fastest  median     p99  slowest  slowest/median    MB/s  resent  CPU s/GB  peak MB  boards' CPU s");

        box.Start(s_onServerProcessor);
        bool kept = Measure("bramble", box, box.Server, boards);
        box.Stop();

        using RunningProgram dnsmasq = Dnsmasq(box, boards);
        dnsmasq.WaitForOutput("TFTP root is", TimeSpan.FromSeconds(10));
        Measure("dnsmasq", box, dnsmasq, boards);
        Console.WriteLine($"bramble: all loaded, the slowest within {MostOfMedian:F0} x the median: {(kept ? "kept" : "MISSED")}");
        return kept ? 0 : 1;
    }

    private static bool Measure(string name, PreparedBox box, RunningProgram server, int boards)
    {
        TimeSpan before = ProcessTree.Cpu(server.Id);
        ShellResult storm = box.Storm(boards, seconds: 600, s_onOtherProcessor);
        if (storm.Output.Length == 0)
        {
            throw new InvalidOperationException($"{storm.Error}\n{server.Output}");
        }

        TimeSpan cpu = ProcessTree.Cpu(server.Id) - before;
        JsonElement result = JsonDocument.Parse(storm.Output).RootElement;
        double bytes = result.GetProperty("bytes").GetDouble();
        double median = Seconds("median");
        double slowest = Seconds("slowest");
        Console.Write(storm.Error);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-10} {result.GetProperty("loaded").GetInt32(),6} {Seconds("boundLast"),11:F2} {Seconds("fastest"),8:F2} {median,7:F2} {Seconds("p99"),7:F2} {slowest,8:F2} {slowest / median,15:F2} {bytes / 1e6 / slowest,7:F1} {result.GetProperty("repeats").GetInt32(),7} {cpu.TotalSeconds / (bytes / 1e9),9:F2} {ProcessTree.PeakResident(server.Id),8:F1} {Seconds("cpu"),14:F1}"));
        return storm.ExitCode == 0 && slowest <= MostOfMedian * median;

        double Seconds(string property) => result.GetProperty(property).GetDouble();
    }

    private static RunningProgram Dnsmasq(PreparedBox box, int boards)
    {
        string root = Directory.CreateDirectory(Path.Combine(box.Folder, "tftp")).FullName;
        for (int i = 0; i < boards; i++)
        {
            Directory.CreateSymbolicLink(Path.Combine(root, PreparedFleet.SerialOf(i)), box.BootFolder);
        }

        string[] command =
        [
            .. s_onServerProcessor, "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=srv0", "--user=root",
            "--pid-file=", "--no-ping", "--dhcp-authoritative", "--dhcp-range=10.77.0.20,10.77.0.250,1h", $"--dhcp-leasefile={box.Folder}/dnsmasq.leases",
            "--log-facility=-", "--pxe-service=0,Raspberry Pi Boot", "--enable-tftp", $"--tftp-root={root}", "--tftp-max=1000", "--quiet-tftp", "--quiet-dhcp",
        ];
        return new RunningProgram("ip", Segment.In(box.Segment.ServerNamespace, command[0], command[1..]));
    }

    private static int Option(string[] args, string name, int otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
