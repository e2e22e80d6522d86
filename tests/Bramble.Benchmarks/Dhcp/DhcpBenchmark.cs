using System.Diagnostics;
using System.Globalization;
using Bramble.Benchmarks.Start;
using Bramble.Integration.Tests.Lab;
using Bramble.Linux.Net;

namespace Bramble.Benchmarks.Dhcp;

/// <summary>
/// The published binary beside Kea and dnsmasq: leases a second without a loss, time of an exchange, a storm of clients, memory.
/// Servers run on processor 0 one after the other, what loads them on processor 1; every trial begins with an empty lease file.
/// </summary>
internal static class DhcpBenchmark
{
    public const ushort ServerPort = 67;

    private const int QuietRate = 100;
    private const int AvalancheClients = 500;
    private const double MostAvalancheSeconds = 0.8;
    private const double MostMegabytes = 40;

    public static int Run(string[] args)
    {
        bool quick = args.Contains("--quick");
        using var segment = new Segment(string.Create(CultureInfo.InvariantCulture, $"{DhcpPeer.Server}/{DhcpPeer.PrefixLength}"));
        Shell.Run("ip", "-n", segment.BoardNamespace, "addr", "add", string.Create(CultureInfo.InvariantCulture, $"{DhcpPeer.Relay}/{DhcpPeer.PrefixLength}"), "dev", "pi0");
        Console.WriteLine($"disk under /var/tmp: {DiskMilliseconds():F1} ms for one write and fdatasync (median of 50)");
        List<DhcpRow> rows = [];
        foreach (DhcpPeer peer in DhcpPeer.All)
        {
            if (peer.Missing is { } why)
            {
                Console.WriteLine($"{peer.Name}: not measured, {why}");
                continue;
            }

            rows.Add(Measure(segment, peer, quick));
        }

        Print(rows);
        return 0;
    }

    /// <summary>The generator, in the clients' namespace.</summary>
    public static int Load(string rate, string seconds)
    {
        using var load = new DhcpLoad(Ipv4Address.Parse(DhcpPeer.Server), Ipv4Address.Parse(DhcpPeer.Relay));
        // A few first, so that the code is compiled; far fewer than any server takes.
        load.Run(100, TimeSpan.FromSeconds(0.2));
        Console.WriteLine(load.Run(int.Parse(rate, CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))));
        return 0;
    }

    private static DhcpRow Measure(Segment segment, DhcpPeer peer, bool quick)
    {
        double seconds = quick ? 1 : 3;
        long dropped = 0;
        DhcpLoadResult.Summary quiet;
        using (var trial = new DhcpTrial(segment, peer))
        {
            quiet = trial.Load(QuietRate, quick ? 2 : 5);
        }

        double cpuPerLease = 0;
        DhcpLoadResult.Summary? clean = Search(peer.Name, "clients", 100, quick ? 0.2 : 0.05, rate =>
        {
            using var trial = new DhcpTrial(segment, peer);
            TimeSpan before = trial.Cpu();
            DhcpLoadResult.Summary result = trial.Load(rate, seconds);
            dropped += trial.Dropped();
            bool isClean = result.Lost == 0 && result.Rate > 0.97 * rate;
            cpuPerLease = isClean ? (trial.Cpu() - before).TotalMicroseconds / result.Offered : cpuPerLease;
            return (isClean, result);
        });

        int perfSeconds = quick ? 2 : 4;
        PerfdhcpResult? perf = Search(peer.Name, "perfdhcp", 100, quick ? 0.3 : 0.1, rate =>
        {
            using var trial = new DhcpTrial(segment, peer);
            PerfdhcpResult result = trial.Perfdhcp(rate, perfSeconds);
            return (result.Lost == 0 && result.Rate > 0.97 * rate, result);
        });

        using (var trial = new DhcpTrial(segment, peer))
        {
            PerfdhcpResult[] avalanches = [.. Enumerable.Range(0, quick ? 1 : 3).Select(_ => trial.Avalanche(AvalancheClients)).OrderBy(a => a.Elapsed)];

            // Then as many leases as its own highest rate gives in a trial, for the memory.
            trial.Load((int)(clean?.Rate ?? QuietRate), seconds);
            return new DhcpRow(peer.Name, quiet, clean ?? quiet, cpuPerLease, dropped, perf, perfSeconds, avalanches, trial.Memory());
        }
    }

    /// <summary>The highest rate that is clean: up by halves until one is not, then between the last two. One loss of a machine that stumbled is not the server's: a rate has two tries.</summary>
    private static T? Search<T>(string name, string load, int first, double precision, Func<int, (bool IsClean, T Result)> trial)
        where T : class
    {
        T? best = null;
        double clean = 0;
        double dirty = double.PositiveInfinity;
        for (double rate = first; rate <= 200_000 && (double.IsInfinity(dirty) || dirty / clean > 1 + precision);)
        {
            (bool isClean, T result) = trial((int)rate);
            if (!isClean)
            {
                (isClean, result) = trial((int)rate);
            }

            Console.Error.WriteLine($"{name}, {load}: {(int)rate}/s {(isClean ? "clean" : "not clean")}");
            if (isClean)
            {
                (clean, best) = (rate, result);
            }
            else
            {
                dirty = rate;
            }

            if (clean == 0)
            {
                return null;
            }

            rate = double.IsInfinity(dirty) ? rate * (rate < 1000 ? 2 : 1.5) : Math.Sqrt(clean * dirty);
        }

        return best;
    }

    private static double DiskMilliseconds()
    {
        string path = $"/var/tmp/bramble-bench-{Environment.ProcessId}";
        using var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.DeleteOnClose);
        double[] times = new double[50];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            file.Write(new byte[64]);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return times.Order().ElementAt(times.Length / 2);
    }

    private static void Print(List<DhcpRow> rows)
    {
        Console.WriteLine();
        Console.WriteLine($"Exchanges of new clients       at {QuietRate}/s, ms      highest clean rate           server  generator  socket");
        Console.WriteLine("(own generator)               p50      p99     leases/s   p50 ms   p99 ms  µs/lease   CPU       drops");
        foreach (DhcpRow row in rows)
        {
            Line($"{row.Name,-24} {row.Quiet.Median,8:F2} {row.Quiet.Worst,8:F2} {row.Clean.Rate,12:F0} {row.Clean.Median,8:F2} {row.Clean.Worst,8:F2} {row.CpuPerLease,9:F0} {row.Clean.Cpu,9:P0} {row.Dropped,8}");
        }

        Console.WriteLine();
        Console.WriteLine($"perfdhcp                  clean leases/s   mean ms   its CPU   {AvalancheClients} at once: s   resent   memory MB (peak)");
        foreach (DhcpRow row in rows)
        {
            string perf = row.Perfdhcp is { } p
                ? string.Create(CultureInfo.InvariantCulture, $"{p.Rate,14:F0} {p.Mean,9:F2} {p.Cpu.TotalSeconds / (row.PerfdhcpSeconds + 1),9:P0}")
                : $"{"none",14} {"",9} {"",9}";
            Line($"{row.Name,-24} {perf} {row.Avalanche.Elapsed.TotalSeconds,17:F2} {row.Avalanche.Resent,8} {row.Memory.Peak,12:F1}");
        }

        Console.WriteLine();
        DhcpRow bramble = rows[0];
        foreach (DhcpRow other in rows.Skip(1))
        {
            string perf = bramble.Perfdhcp is { } ours && other.Perfdhcp is { } theirs ? string.Create(CultureInfo.InvariantCulture, $"{ours.Rate / theirs.Rate:F1}") : "-";
            Line($"bramble / {other.Name}: clean leases/s {bramble.Clean.Rate / other.Clean.Rate:F1} (perfdhcp {perf}), p99 at {QuietRate}/s {bramble.Quiet.Worst / other.Quiet.Worst:F2}, avalanche {bramble.Avalanche.Elapsed / other.Avalanche.Elapsed:F2}, memory {bramble.Memory.Peak / other.Memory.Peak:F2}");
        }

        if (rows.Find(r => r.Name == "kea") is { } kea)
        {
            Line($"budget: twice Kea's clean leases/s: {Verdict(bramble.Clean.Rate >= 2 * kea.Clean.Rate)}");
        }

        Line($"budget: {AvalancheClients} at once in less than {MostAvalancheSeconds} s: {Verdict(bramble.Avalanche.Elapsed.TotalSeconds < MostAvalancheSeconds)}, nothing resent: {Verdict(bramble.Avalanche.Resent == 0)}; memory below {MostMegabytes:F0} MB: {Verdict(bramble.Memory.Peak < MostMegabytes)}");
        Console.WriteLine("Bramble waits for the disk before each ACK; Kea and dnsmasq write their lease files without fsync.");
    }

    private static string Verdict(bool met) => met ? "met" : "MISSED";

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
