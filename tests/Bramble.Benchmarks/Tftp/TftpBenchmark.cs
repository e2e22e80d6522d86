using System.Globalization;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Tftp.Content;
using Bramble.Tftp.Serving;
using Bramble.Tftp.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Bramble.Benchmarks.Tftp;

/// <summary>TFTP servers side by side: rate, time of each client, and processor time of the server for each gigabyte.</summary>
internal static class TftpBenchmark
{
    public static int Run(string[] args)
    {
        bool quick = args.Contains("--quick");
        string[] servers = List(args, "--servers", "bramble,dnsmasq,atftpd,tftpd-hpa");
        int[] clients = [.. List(args, "--clients", quick ? "1,64" : "1,16,64,256").Select(c => int.Parse(c, CultureInfo.InvariantCulture))];
        int[] sizes = [.. List(args, "--megabytes", quick ? "8" : "8,32").Select(c => int.Parse(c, CultureInfo.InvariantCulture))];
        DirectoryInfo folder = Directory.CreateTempSubdirectory("bramble-bench-");
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_101_101);
        try
        {
            foreach (int megabytes in sizes)
            {
                byte[] bytes = new byte[megabytes << 20];
                new Random(megabytes).NextBytes(bytes);
                File.WriteAllBytes(Path.Combine(folder.FullName, $"file{megabytes}"), bytes);
            }

            Console.WriteLine("server     clients  blksize  window   MB    MB/s   p50 ms   p99 ms  CPU s/GB  gen s/GB  peak MB  resent  unfinished");
            IEnumerable<TftpLoadCase> cases =
                from size in sizes
                from window in new[] { 1, 8 }
                from blockSize in quick ? [1468] : new[] { 1024, 1468 }
                from count in clients
                select new TftpLoadCase(count, blockSize, window, size);
            foreach (TftpLoadCase load in cases)
            {
                foreach (string server in servers)
                {
                    Measure(server, folder.FullName, load);
                }
            }

            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Serves a folder until killed: to everybody, so only in a namespace.</summary>
    public static int Serve(string folder, string address)
    {
        using var files = new FolderFiles(folder);
        var options = new TftpOptions
        {
            Endpoints = [new TftpEndpoint(Ipv4Address.Parse(address))],
            ServedSubnets = [Ipv4Subnet.Of(Ipv4Address.Any, 0)],
        };
        using var server = new TftpServer(options, files, files, TimeProvider.System, NullLogger.Instance);
        server.Start();
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    private static void Measure(string server, string folder, TftpLoadCase load)
    {
        if (load.WindowSize > 1 && server is ("dnsmasq" or "tftpd-hpa"))
        {
            // These know no windows.
            return;
        }

        using TftpPeer? peer = TftpPeer.Start(server, folder);
        if (peer is null)
        {
            Console.WriteLine($"{server,-10} is not installed, or port 69 is taken");
            return;
        }

        // Once to warm up: page cache, JIT, threads.
        Load(load with { Clients = Math.Min(4, load.Clients) });
        TimeSpan before = peer.Cpu;
        TftpLoadResult result = Load(load);
        double gigabytes = result.Bytes / 1e9;
        double cpu = (peer.Cpu - before).TotalSeconds / gigabytes;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{server,-10} {load.Clients,7} {load.BlockSize,8} {load.WindowSize,7} {load.Megabytes,4} {result.MegabytesPerSecond,7:F1} {result.Quantile(0.5).TotalMilliseconds,8:F0} {result.Quantile(0.99).TotalMilliseconds,8:F0} {cpu,9:F2} {result.GeneratorCpu.TotalSeconds / gigabytes,9:F2} {peer.PeakMegabytes,8:F1} {result.Resent,7} {result.Unfinished,11}"));
    }

    private static TftpLoadResult Load(TftpLoadCase load)
    {
        using var generator = new TftpLoad(new UdpEndpoint(Ipv4Address.Parse("127.0.0.1"), TftpLimits.Port), load);
        return generator.Run();
    }

    private static string[] List(string[] args, string name, string otherwise)
    {
        int at = Array.IndexOf(args, name);
        return (at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise).Split(',');
    }

    private sealed class FolderFiles(string folder) : ITftpFiles, ITftpEvents, IDisposable
    {
        private readonly DiskContentCache _cache = new();

        public TftpOpenResult Open(Ipv4Address client, string path) => _cache.Open(folder, path);

        public void OnTransfer(in TftpTransferEvent e)
        {
        }

        public void Dispose() => _cache.Dispose();
    }
}
