using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp.Clients;

/// <summary>dhcpcd, with its default identifier (a DUID).</summary>
internal sealed class Dhcpcd(Station station) : RealClient(station)
{
    public override bool RemembersLease => true;

    public override bool RenewsWhenTold => true;

    public override int Renewals => Reasons.Count(static r => r is "RENEW" or "REBIND");

    public override ToldLease Told
    {
        get
        {
            Dictionary<string, string> told = Values(File.ReadAllText(PathOf("told")));
            return new ToldLease
            {
                Address = told.GetValueOrDefault("new_ip_address"),
                Mask = told.GetValueOrDefault("new_subnet_mask"),
                Router = told.GetValueOrDefault("new_routers"),
                DnsServers = told.GetValueOrDefault("new_domain_name_servers"),
                Domain = told.GetValueOrDefault("new_domain_name"),
                NtpServers = told.GetValueOrDefault("new_ntp_servers"),
                HostName = told.GetValueOrDefault("new_host_name"),
                Server = told.GetValueOrDefault("new_dhcp_server_identifier"),
                LeaseTime = told.GetValueOrDefault("new_dhcp_lease_time"),
            };
        }
    }

    public override void Start()
    {
        // noarp and nodelay: no seconds of waiting, which are dhcpcd's and not the server's.
        string config = Write("dhcpcd.conf", """
            ipv4only
            duid
            noarp
            nodelay
            option subnet_mask, routers, domain_name_servers, domain_name, ntp_servers, host_name, dhcp_lease_time

            """);
        string script = Write("script.sh", $"""
            #!/bin/sh
            case $reason in
            BOUND|RENEW|REBIND|REBOOT)
                env > {PathOf("told.new")}
                mv {PathOf("told.new")} {PathOf("told")}
                echo $reason >> {PathOf("reasons")} ;;
            esac
            """);
        Directory.CreateDirectory(PathOf("lib"));
        File.Delete(PathOf("reasons"));
        Program = StartApart(
            $"mount -t tmpfs tmpfs /run\nmkdir /run/dhcpcd\nmount --bind {PathOf("lib")} /var/lib/dhcpcd",
            "dhcpcd", "-B", "-4", "-d", "-f", config, "-c", script, Station.Interface);
        WaitForReason("BOUND", "REBOOT");
    }

    public override void Renew()
    {
        File.Delete(PathOf("reasons"));
        Assert.Equal(0, RunBeside("dhcpcd", "-4", "--renew", Station.Interface).ExitCode);
        WaitForReason("RENEW");
    }

    public override void Release()
    {
        Assert.Equal(0, RunBeside("dhcpcd", "-4", "--release", Station.Interface).ExitCode);
        Assert.NotNull(Program!.WaitForExit(Wait.Soon));
    }

    private string[] Reasons => File.Exists(PathOf("reasons")) ? File.ReadAllLines(PathOf("reasons")) : [];

    private void WaitForReason(params string[] reasons) => Wait.Until(() => Reasons.Any(reasons.Contains), Wait.Soon, () => Program!.Output);
}
