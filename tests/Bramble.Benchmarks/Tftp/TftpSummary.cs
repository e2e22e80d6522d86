using System.Globalization;

namespace Bramble.Benchmarks.Tftp;

/// <summary>How Bramble stands beside the others.</summary>
internal static class TftpSummary
{
    private const string Own = "bramble";
    private const double MostMegabytes = 40;

    /// <summary>Prints Bramble's share of the best of the others, for one load.</summary>
    public static void PrintRatios(IReadOnlyList<TftpRow> rows)
    {
        TftpRow[] others = [.. rows.Where(row => row.Server != Own)];
        if (rows.FirstOrDefault(row => row.Server == Own) is { } own && others.Length > 0)
        {
            TftpRow fastest = others.MaxBy(row => row.MegabytesPerSecond)!;
            TftpRow leanest = others.MinBy(row => row.CpuPerGigabyte)!;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  ratio    {own.MegabytesPerSecond / fastest.MegabytesPerSecond:F2} x MB/s of {fastest.Server}, {own.CpuPerGigabyte / leanest.CpuPerGigabyte:F2} x CPU s/GB of {leanest.Server}"));
        }
    }

    /// <summary>Prints whether the aims were kept, by the worst row of each.</summary>
    public static void PrintAims(IReadOnlyList<TftpRow> rows)
    {
        Console.WriteLine();
        Pairs(rows, "dnsmasq", load => load is { WindowSize: 1, Clients: > 1 }, "lockstep, many clients", mostCpu: 0.7, leastRate: 1);
        Pairs(rows, "atftpd", load => load is { WindowSize: > 1, Clients: > 1 }, "windows, many clients", mostCpu: 0.5, leastRate: 1.5);
        foreach (string other in rows.Select(row => row.Server).Where(name => name != Own).Distinct())
        {
            Pairs(rows, other, load => load.Clients == 1, "one client", mostCpu: null, leastRate: 1);
        }

        TftpRow[] crowded = [.. rows.Where(row => row.Server == Own && row.Load.Clients >= 256)];
        if (crowded.Length > 0)
        {
            double most = crowded.Max(row => row.PeakMegabytes);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"256 clients: {most:F1} MB at most (under {MostMegabytes:F0}: {Verdict(most < MostMegabytes)})"));
        }
    }

    private static void Pairs(IReadOnlyList<TftpRow> rows, string other, Func<TftpLoadCase, bool> belongs, string what, double? mostCpu, double leastRate)
    {
        (double Rate, double Cpu)[] ratios =
        [
            .. from own in rows
               where own.Server == Own && belongs(own.Load)
               from peer in rows
               where peer.Server == other && peer.Load == own.Load
               select (own.MegabytesPerSecond / peer.MegabytesPerSecond, own.CpuPerGigabyte / peer.CpuPerGigabyte),
        ];
        if (ratios.Length == 0)
        {
            return;
        }

        double rate = ratios.Min(ratio => ratio.Rate);
        double cpu = ratios.Max(ratio => ratio.Cpu);
        string cpuVerdict = mostCpu is { } most ? string.Create(CultureInfo.InvariantCulture, $"; CPU s/GB at most {cpu:F2} x (aim {most:F1}: {Verdict(cpu <= most)})") : "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}, beside {other}: MB/s at least {rate:F2} x (aim {leastRate:F1}: {Verdict(rate >= leastRate)}){cpuVerdict}"));
    }

    private static string Verdict(bool kept) => kept ? "kept" : "MISSED";
}
