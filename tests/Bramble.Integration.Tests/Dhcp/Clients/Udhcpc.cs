using Bramble.Integration.Tests.Lab;

namespace Bramble.Integration.Tests.Dhcp.Clients;

/// <summary>BusyBox udhcpc. It remembers nothing: after a power cut it asks anew, for the address that its caller names.</summary>
internal sealed class Udhcpc(Station station) : RealClient(station)
{
    private const int SigUsr1 = 10;
    private const int SigUsr2 = 12;

    public override bool RemembersLease => false;

    public override bool RenewsWhenTold => true;

    /// <summary>
    /// It sends the request from a socket made for that alone, and only then hears at the one it listens to: an answer that is there before the first one is
    /// closed goes into that and is lost, and it asks all servers. A server over a real wire is not as quick.
    /// </summary>
    public override string Renewal => Program!.Output.Contains("broadcasting renew", StringComparison.Ordinal) ? base.Renewal + " Request/REBINDING Ack" : base.Renewal;

    public override int Renewals => Count("script: renew done");

    public override ToldLease Told
    {
        get
        {
            Dictionary<string, string> told = Values(File.ReadAllText(PathOf("told")));
            return new ToldLease
            {
                Address = told.GetValueOrDefault("ip"),
                Mask = told.GetValueOrDefault("subnet"),
                Router = told.GetValueOrDefault("router"),
                DnsServers = told.GetValueOrDefault("dns"),
                Domain = told.GetValueOrDefault("domain"),
                NtpServers = told.GetValueOrDefault("ntpsrv"),
                HostName = told.GetValueOrDefault("hostname"),
                Server = told.GetValueOrDefault("serverid"),
                LeaseTime = told.GetValueOrDefault("lease"),
            };
        }
    }

    public override void Start()
    {
        string script = Write("script.sh", $"""
            #!/bin/sh
            case $1 in
            deconfig) ip -4 addr flush dev "$interface" ;;
            bound|renew)
                env > {PathOf("told.new")}
                mv {PathOf("told.new")} {PathOf("told")}
                ip -4 addr replace "$ip/$mask" dev "$interface"
                echo "script: $1 done" ;;
            esac
            """);
        Program = Station.Start("udhcpc", "-f", "-i", Station.Interface, "-s", script, "-O", "ntpsrv", "-O", "domain", "-O", "hostname", "-T", "5", "-t", "5");
        Program.WaitForOutput("script: bound done", Wait.Soon);
    }

    public override void Renew()
    {
        Program!.Signal(SigUsr1);
        Program.WaitForOutput("script: renew done", Wait.Soon);
    }

    public override void Release()
    {
        Program!.Signal(SigUsr2);
        Program.WaitForOutput("entering released state", Wait.Soon);
        Program.Dispose();
    }
}
