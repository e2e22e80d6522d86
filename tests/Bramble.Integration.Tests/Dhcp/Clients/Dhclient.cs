using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp.Clients;

/// <summary>ISC dhclient. What it does to the resolver is taken from the resolv.conf that it writes.</summary>
internal sealed class Dhclient(Station station) : RealClient(station)
{
    private const string NameServer = "nameserver ";

    public override bool RemembersLease => true;

    public override bool RenewsWhenTold => false;

    // Logged for the first lease too, each time when its script has ended.
    public override int Renewals => Count("bound to ") - 1;

    public override ToldLease Told
    {
        get
        {
            string lease = File.ReadAllText(PathOf("leases")).Split("lease {")[^1];
            string resolver = File.ReadAllText(PathOf("etc/resolv.conf"));
            return new ToldLease
            {
                Address = Between(lease, "fixed-address ", ";"),
                Mask = Between(lease, "option subnet-mask ", ";"),
                Router = Between(lease, "option routers ", ";"),
                DnsServers = string.Join(' ', resolver.Split('\n').Where(l => l.StartsWith(NameServer, StringComparison.Ordinal)).Select(l => l[NameServer.Length..])),
                Domain = Between(resolver, "domain ", "\n"),
                NtpServers = Between(lease, "option ntp-servers ", ";"),
                HostName = Between(lease, "option host-name \"", "\""),
                Server = Between(lease, "option dhcp-server-identifier ", ";"),
                LeaseTime = Between(lease, "option dhcp-lease-time ", ";"),
            };
        }
    }

    public override void Start()
    {
        Program = Run("-d", "-1");
        Program.WaitForOutput("bound to", Wait.Soon);
    }

    public override void Release()
    {
        Program!.Dispose();
        using RunningProgram release = Run("-d", "-r");
        Assert.Equal(0, release.WaitForExit(Wait.Soon));
    }

    private RunningProgram Run(params string[] words)
    {
        // By default its tries may be 22 s apart: more than lies between T2 and the end of the tests' leases.
        Write("dhclient.conf", "request subnet-mask, routers, domain-name, domain-name-servers, host-name, ntp-servers;\ntimeout 20;\nbackoff-cutoff 5;\n");
        Directory.CreateDirectory(PathOf("etc"));
        Directory.CreateDirectory(PathOf("work"));
        return StartApart(
            $"mount -t overlay overlay -o lowerdir=/etc,upperdir={PathOf("etc")},workdir={PathOf("work")} /etc",
            ["dhclient", "-4", "-v", .. words, "-cf", PathOf("dhclient.conf"), "-lf", PathOf("leases"), "-pf", PathOf("pid"), Station.Interface]);
    }
}
