using Bramble.Integration.Tests.Lab;

namespace Bramble.Benchmarks.Start;

/// <summary>dnsmasq as people boot Raspberry Pis from it: DHCP, TFTP, and a folder for each board. It does not wait three seconds for an echo of each new address (<c>--no-ping</c>).</summary>
internal sealed class DnsmasqServer : IBootServer
{
    private readonly BootBox _box;
    private readonly string _root;

    public DnsmasqServer(BootBox box)
    {
        _box = box;
        _root = Directory.CreateDirectory(Path.Combine(box.Folder, "tftp")).FullName;
    }

    public string Name => "dnsmasq";

    public IReadOnlyList<string> Command =>
    [
        "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=srv0", "--user=root", "--pid-file=", "--no-ping", "--dhcp-authoritative",
        "--dhcp-range=10.77.0.10,10.77.0.250,1h", $"--dhcp-leasefile={_box.Folder}/dnsmasq.leases", "--log-facility=-",
        "--pxe-service=0,Raspberry Pi Boot", "--enable-tftp", $"--tftp-root={_root}",
    ];

    // It does not tell systemd when it is ready.
    public long WaitUntilReady(GatedProcess process, NotifySocket notify) => process.WaitForUdpPorts(67, 69);

    public void Expect(string board)
    {
        string folder = Path.Combine(_root, board);
        if (!Path.Exists(folder))
        {
            Directory.CreateSymbolicLink(folder, StartBenchmark.BootFiles(_box));
        }
    }

    public IReadOnlyList<(string Name, Memory Memory)> Helpers() => [];
}
