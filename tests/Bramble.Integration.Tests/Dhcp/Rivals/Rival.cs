using Bramble.Integration.Tests.Lab;

namespace Bramble.Integration.Tests.Dhcp.Rivals;

/// <summary>Another DHCP server on the segment, as a router has it: 10.77.0.254, which gives 10.77.0.20 to 10.77.0.119.</summary>
internal sealed class Rival : IDisposable
{
    private const string First = "10.77.0.20";
    private const string Last = "10.77.0.119";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bramble-rival-");
    private readonly RunningProgram _program;

    /// <summary>Starts it and waits until it serves.</summary>
    /// <param name="name">dnsmasq or Kea.</param>
    /// <param name="station">Where; its address must be <see cref="Address"/>.</param>
    /// <param name="more">More words for dnsmasq.</param>
    public Rival(string name, Station station, params string[] more)
    {
        Station = station;
        _program = name == "dnsmasq" ? StartDnsmasq(more) : StartKea();
    }

    /// <summary>The address that its station must have.</summary>
    public const string Address = "10.77.0.254";

    public Station Station { get; }

    /// <summary>True for an address that this server gives.</summary>
    public static bool Gives(string? address) =>
        address is not null && address.StartsWith("10.77.0.", StringComparison.Ordinal) && int.Parse(address[8..]) is >= 20 and <= 119;

    public void Dispose()
    {
        _program.Dispose();
        _folder.Delete(recursive: true);
    }

    // --no-ping: dnsmasq pings an address for three seconds before it offers it for the first time, which a Pi 3 does not survive in proxy mode.
    private RunningProgram StartDnsmasq(string[] more)
    {
        RunningProgram program = Station.Start("dnsmasq", [
            "--conf-file=/dev/null", "--keep-in-foreground", "--port=0", "--user=root", $"--interface={Station.Interface}", "--no-ping",
            $"--dhcp-range={First},{Last},1h", "--dhcp-authoritative", $"--dhcp-leasefile={_folder.FullName}/leases", "--log-facility=-", "--pid-file=", .. more]);
        program.WaitForOutput("DHCP, IP range", Wait.Soon);
        return program;
    }

    private RunningProgram StartKea()
    {
        string config = Path.Combine(_folder.FullName, "kea.json");
        File.WriteAllText(config, $$"""
            { "Dhcp4": {
                "interfaces-config": { "interfaces": [ "{{Station.Interface}}" ] },
                "lease-database": { "type": "memfile", "persist": false },
                "valid-lifetime": 3600,
                "authoritative": true,
                "subnet4": [ {
                    "subnet": "10.77.0.0/24",
                    "pools": [ { "pool": "{{First}} - {{Last}}" } ],
                    "option-data": [ { "name": "routers", "data": "{{Address}}" } ] } ],
                "loggers": [ { "name": "kea-dhcp4", "severity": "INFO", "output_options": [ { "output": "stdout" } ] } ] } }
            """);
        RunningProgram program = Station.Start(
            "env", $"KEA_PIDFILE_DIR={_folder.FullName}", $"KEA_LOCKFILE_DIR={_folder.FullName}", "kea-dhcp4", "-c", config);
        program.WaitForOutput("DHCP4_STARTED", Wait.Soon);
        return program;
    }
}
