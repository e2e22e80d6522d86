using System.Globalization;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Tftp.Wire;

namespace Bramble.Benchmarks.Tftp;

/// <summary>
/// TFTP servers side by side on the loopback interface: rate, time of each transfer, processor time of the server for each gigabyte,
/// memory. The server has processor 0, the generator of the load processor 1.
/// </summary>
internal static class TftpBenchmark
{
    private static readonly TimeSpan s_leastLoad = TimeSpan.FromSeconds(1);
    private const int MostRounds = 50;

    public static int Run(string[] args)
    {
        bool quick = args.Contains("--quick");
        string[] servers = List(args, "--servers", "bramble,dnsmasq,atftpd,tftpd-hpa");
        int[] clients = Numbers(args, "--clients", quick ? "1,64" : "1,16,64,256");
        int[] sizes = Numbers(args, "--megabytes", quick ? "8" : "8,32");
        int[] blockSizes = Numbers(args, "--blksize", quick ? "1468" : "1024,1468");
        int[] windows = Numbers(args, "--windowsize", "1,8");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("bramble-bench-");
        string files = Directory.CreateDirectory(Path.Combine(folder.FullName, "boot")).FullName;
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
        Processors.UseLast();
        try
        {
            foreach (int megabytes in sizes)
            {
                byte[] bytes = new byte[megabytes << 20];
                new Random(megabytes).NextBytes(bytes);
                File.WriteAllBytes(Path.Combine(files, $"file{megabytes}"), bytes);
            }

            IEnumerable<TftpLoadCase> cases =
                from size in sizes
                from window in windows
                from blockSize in blockSizes
                from count in clients
                select new TftpLoadCase(count, blockSize, window, size);
            Console.WriteLine(TftpRow.Header);
            List<TftpRow> rows = [];
            foreach (TftpLoadCase load in cases)
            {
                List<TftpRow> together = [.. TftpServerProgram.All
                    .Where(server => servers.Contains(server.Name) && (load.WindowSize == 1 || server.KnowsWindows))
                    .Select(server => Measure(server, files, load))];
                TftpSummary.PrintRatios(together);
                rows.AddRange(together);
            }

            TftpSummary.PrintAims(rows);
            return rows.All(row => row.Result.Unfinished == 0) ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static TftpRow Measure(TftpServerProgram server, string folder, TftpLoadCase load)
    {
        using TftpPeer peer = TftpPeer.Start(server, folder);
        // Once to warm up: page cache, threads, and here the just-in-time compiler.
        Load(server, load with { Clients = Math.Min(4, load.Clients) });
        TimeSpan before = peer.Cpu;
        TftpLoadResult result = TftpLoadResult.None;
        for (int round = 0; round < MostRounds && result.Elapsed < s_leastLoad; round++)
        {
            result = result.And(Load(server, load));
        }

        var row = new TftpRow(server.Name, load, result, peer.Cpu - before, peer.PeakMegabytes);
        Console.WriteLine(row);
        return row;
    }

    private static TftpLoadResult Load(TftpServerProgram server, TftpLoadCase load)
    {
        using var generator = new TftpLoad(new UdpEndpoint(Ipv4Address.Parse("127.0.0.1"), TftpLimits.Port), server.Prefix + load.File, load);
        return generator.Run();
    }

    private static int[] Numbers(string[] args, string name, string otherwise) =>
        [.. List(args, name, otherwise).Select(word => int.Parse(word, CultureInfo.InvariantCulture))];

    private static string[] List(string[] args, string name, string otherwise)
    {
        int at = Array.IndexOf(args, name);
        return (at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise).Split(',');
    }
}
