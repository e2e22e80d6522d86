using Bramble.Benchmarks.Dhcp;
using Bramble.Benchmarks.Fleet;
using Bramble.Benchmarks.Panel;
using Bramble.Benchmarks.Start;
using Bramble.Benchmarks.Storage;
using Bramble.Benchmarks.Storm;
using Bramble.Benchmarks.Tftp;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

return args switch
{
    ["dhcp", .. string[] rest] => DhcpBenchmark.Run(rest),
    ["dhcp-load", string rate, string seconds] => DhcpBenchmark.Load(rate, seconds),
    ["fleet", .. string[] rest] => FleetBenchmark.Run(rest),
    ["panel-load", string server, string relay, string seconds] => PanelLoad.Run(server, relay, seconds),
    ["start", .. string[] rest] => StartBenchmark.Run(rest),
    ["storage", .. string[] rest] => await StorageBenchmark.RunAsync(rest),
    ["storm", .. string[] rest] => StormBenchmark.Run(rest),
    ["tftp", .. string[] rest] => TftpBenchmark.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Bramble.Benchmarks dhcp [--quick]
        The published binary beside Kea and dnsmasq as DHCP server, in network namespaces that it makes. Needs root.

        usage: Bramble.Benchmarks panel-load SERVER RELAY SECONDS
        How long a server takes to answer DHCP and TFTP; scripts/bench panel runs it.

        usage: Bramble.Benchmarks fleet [--clients 1000] [--quick]
        Status, page and metrics of the published binary with many clients, and its memory. Needs root.

        usage: Bramble.Benchmarks start [--quick] [--starts 10] [--boots 30] [--boards 30]
        Time to start and resident memory of the published binary beside dnsmasq, in network namespaces that it makes. Needs root.

        usage: Bramble.Benchmarks storage [--quick]
        Clone, snapshot, rollback and so on of a 2 GB root beside cp -a, on a btrfs that it makes on a loop device. Needs root.

        usage: Bramble.Benchmarks storm [--quick] [--boards 200] [--megabytes 30]
        Many virtual Raspberry Pi 4s that are switched on at once, in network namespaces that it makes. Needs root.

        usage: Bramble.Benchmarks tftp [--quick] [--servers bramble,dnsmasq,atftpd,tftpd-hpa] [--clients 1,64] [--megabytes 8]
                                       [--blksize 1468] [--windowsize 1,8]
        The published binary beside other TFTP servers on loopback, port 69. Needs root and a network namespace of its own:
          ip netns add bench && ip -n bench link set lo up && nsenter --net=/run/netns/bench Bramble.Benchmarks tftp
        """);
    return 2;
}
