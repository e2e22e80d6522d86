using System.Globalization;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Benchmarks.Dhcp;

/// <summary>A DHCP server under test: how it is configured and started. All of them give the same addresses for the same time and keep leases in a file in the same folder.</summary>
internal abstract class DhcpPeer(string name)
{
    public const string Server = "10.64.0.1";
    public const string Relay = "10.64.0.2";
    public const int PrefixLength = 12;

    /// <summary>The most clients of one trial: they all fit into the pool.</summary>
    public const int MaximumClients = 60_000;

    protected const string First = "10.64.1.0";
    protected const string Last = "10.64.255.250";

    public static readonly DhcpPeer[] All = [new BramblePeer(), new KeaPeer(), new DnsmasqPeer()];

    public string Name => name;

    /// <summary>Why it cannot be measured here, or null.</summary>
    public virtual string? Missing => null;

    /// <summary>Writes its configuration into an empty folder.</summary>
    /// <returns>Program and arguments.</returns>
    public abstract IReadOnlyList<string> Prepare(string folder);

    /// <summary>More for its environment.</summary>
    public virtual IReadOnlyDictionary<string, string> Environment(string folder) => new Dictionary<string, string>();

    private static string? MissingProgram(string path, string package) => File.Exists(path) ? null : $"{path} is not there (package {package})";

    private sealed class BramblePeer() : DhcpPeer("bramble")
    {
        public override IReadOnlyList<string> Prepare(string folder)
        {
            Directory.CreateDirectory(Path.Combine(folder, "data"));
            File.WriteAllText(Path.Combine(folder, "bramble.conf"), $"""
                [server]
                interface = srv0
                [dhcp]
                mode = server
                pool = {First}-{Last}
                [storage]
                data = {folder}/data
                exports-file = {folder}/bramble.exports
                targets-file = {folder}/bramble-targets.conf
                [state]
                folder = {folder}/state
                """);
            return [Repository.Bramble, "serve", "--config", Path.Combine(folder, "bramble.conf")];
        }

        // There is no bus here and none is needed: no board has a root.
        public override IReadOnlyDictionary<string, string> Environment(string folder) =>
            new Dictionary<string, string> { ["DBUS_SYSTEM_BUS_ADDRESS"] = $"unix:path={folder}/no-bus" };
    }

    private sealed class KeaPeer() : DhcpPeer("kea")
    {
        private const string Program = "/usr/sbin/kea-dhcp4";

        public override string? Missing => MissingProgram(Program, "kea-dhcp4-server");

        public override IReadOnlyList<string> Prepare(string folder)
        {
            // A copy: AppArmor confines the packaged path to the packaged folders.
            string program = Path.Combine(folder, "kea-dhcp4");
            File.Copy(Program, program);
            File.WriteAllText(Path.Combine(folder, "kea.json"), $$"""
                { "Dhcp4": {
                  "interfaces-config": { "interfaces": ["srv0"], "dhcp-socket-type": "udp" },
                  "lease-database": { "type": "memfile", "persist": true, "name": "{{folder}}/leases.csv" },
                  "valid-lifetime": 43200,
                  "subnet4": [ { "subnet": "10.64.0.0/{{PrefixLength.ToString(CultureInfo.InvariantCulture)}}", "pools": [ { "pool": "{{First}} - {{Last}}" } ] } ],
                  "loggers": [ { "name": "kea-dhcp4", "severity": "WARN", "output_options": [ { "output": "stdout" } ] } ] } }
                """);
            return [program, "-c", Path.Combine(folder, "kea.json")];
        }

        public override IReadOnlyDictionary<string, string> Environment(string folder) =>
            new Dictionary<string, string> { ["KEA_LOCKFILE_DIR"] = folder, ["KEA_PIDFILE_DIR"] = folder };
    }

    private sealed class DnsmasqPeer() : DhcpPeer("dnsmasq")
    {
        public override string? Missing => MissingProgram("/usr/sbin/dnsmasq", "dnsmasq-base");

        public override IReadOnlyList<string> Prepare(string folder) =>
        [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=srv0", "--user=root", "--pid-file=", "--no-ping",
            "--dhcp-authoritative", "--quiet-dhcp", "--log-facility=-", $"--dhcp-range={First},{Last},12h", "--dhcp-lease-max=65000", $"--dhcp-leasefile={folder}/dnsmasq.leases",
        ];
    }
}
