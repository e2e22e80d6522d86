using Bramble.Benchmarks.Start;
using Bramble.Benchmarks.Storage;
using Bramble.Benchmarks.Tftp;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

return args switch
{
    ["start", .. string[] rest] => StartBenchmark.Run(rest),
    ["storage", .. string[] rest] => await StorageBenchmark.RunAsync(rest),
    ["tftp", .. string[] rest] => TftpBenchmark.Run(rest),
    ["tftp-serve", string folder] => TftpBenchmark.Serve(folder, "127.0.0.1"),
    ["tftp-serve", string folder, string address] => TftpBenchmark.Serve(folder, address),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Bramble.Benchmarks start [--quick] [--starts 10] [--boots 30] [--boards 30]
        Time to start and resident memory of the published binary beside dnsmasq, in network namespaces that it makes. Needs root.

        usage: Bramble.Benchmarks storage [--quick]
        Clone, snapshot, rollback and so on of a 2 GB root beside cp -a, on a btrfs that it makes on a loop device. Needs root.

        usage: Bramble.Benchmarks tftp [--quick] [--servers bramble,dnsmasq,atftpd] [--clients 1,64] [--megabytes 8]
        Compares TFTP servers on loopback, port 69. Run it as root in a network namespace of its own:
          ip netns add bench && ip -n bench link set lo up && ip netns exec bench Bramble.Benchmarks tftp
        """);
    return 2;
}
