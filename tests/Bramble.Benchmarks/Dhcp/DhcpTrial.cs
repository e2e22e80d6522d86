using System.Globalization;
using Bramble.Benchmarks.Start;
using Bramble.Benchmarks.Tftp;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Benchmarks.Dhcp;

/// <summary>One server, started with an empty lease file on processor 0, and what is sent to it from processor 1.</summary>
internal sealed class DhcpTrial : IDisposable
{
    private const string DefaultReceiveBuffer = "/proc/sys/net/core/rmem_default";

    private readonly Segment _segment;
    private readonly DirectoryInfo _folder;
    private readonly GatedProcess _process;

    public DhcpTrial(Segment segment, DhcpPeer peer)
    {
        _segment = segment;
        // Not /tmp, which may be in memory: leases go to a disk.
        _folder = Directory.CreateDirectory($"/var/tmp/bramble-bench-{Environment.ProcessId}-{peer.Name}");
        _process = new GatedProcess(
            segment.ServerNamespace, Path.Combine(_folder.FullName, "log"), ["taskset", "-c", "0", .. peer.Prepare(_folder.FullName)], peer.Environment(_folder.FullName));
        try
        {
            _process.Go();
            _process.WaitForUdpPorts(DhcpBenchmark.ServerPort);
            // Until it has done what it does at its start.
            Thread.Sleep(300);
        }
        catch (Exception e)
        {
            string log = _process.Log();
            Dispose();
            throw new InvalidOperationException($"{peer.Name} did not start: {e.Message}\n{log}", e);
        }
    }

    /// <summary>Its memory now.</summary>
    public Memory Memory() => _process.Memory();

    /// <summary>Its processor time so far, all threads.</summary>
    public TimeSpan Cpu() => ProcessTree.Cpu(_process.Id);

    /// <summary>Datagrams that its socket had no room for, or that its filter refused.</summary>
    public long Dropped() => File.ReadLines($"/proc/{_process.Id}/net/udp").Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(columns => columns[1].EndsWith(":0043", StringComparison.Ordinal))
        .Sum(columns => long.Parse(columns[^1], CultureInfo.InvariantCulture));

    /// <summary>A load of <see cref="DhcpLoad"/>, in a process of its own.</summary>
    public DhcpLoadResult.Summary Load(int rate, double seconds) => DhcpLoadResult.Parse(RunOnClients(
        [Environment.ProcessPath!, "dhcp-load", rate.ToString(CultureInfo.InvariantCulture),
            Math.Min(seconds, (double)DhcpPeer.MaximumClients / rate).ToString(CultureInfo.InvariantCulture)]));

    /// <summary>perfdhcp at a rate.</summary>
    public PerfdhcpResult Perfdhcp(int rate, int seconds) => PerfdhcpResult.OfRate(Perf(
        "-r", rate.ToString(CultureInfo.InvariantCulture), "-R", DhcpPeer.MaximumClients.ToString(CultureInfo.InvariantCulture), "-p", seconds.ToString(CultureInfo.InvariantCulture), "-W", "1000000"), seconds);

    /// <summary>perfdhcp with so many clients at once.</summary>
    public PerfdhcpResult Avalanche(int clients) => PerfdhcpResult.OfAvalanche(Perf(
        "--scenario", "avalanche", "-R", clients.ToString(CultureInfo.InvariantCulture)));

    public void Dispose()
    {
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private string RunOnClients(params string[] command)
    {
        ShellResult result = Shell.TryRun("ip", ["netns", "exec", _segment.BoardNamespace, "taskset", "-c", "1", .. command]);
        // perfdhcp ends with 3 where something was lost.
        return result.ExitCode is 0 or 3
            ? result.Output
            : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {result.ExitCode}: {result.Output}{result.Error}");
    }

    // perfdhcp takes the machine's default receive buffer, which 300 answers fill: what it loses there would be laid at the server's
    // door. So the default is raised while it starts; the servers have opened their sockets by then.
    private string Perf(params string[] arguments)
    {
        string before = File.ReadAllText(DefaultReceiveBuffer);
        File.WriteAllText(DefaultReceiveBuffer, "16777216");
        try
        {
            return RunOnClients(["sh", "-c", "perfdhcp -4 \"$@\"; status=$?; times; exit $status", "sh", .. arguments, DhcpPeer.Server]);
        }
        finally
        {
            File.WriteAllText(DefaultReceiveBuffer, before);
        }
    }
}
