using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp.Clients;

/// <summary>systemd-networkd without systemd: with a /run and a bus of its own. Its default identifier is a DUID.</summary>
internal sealed class Networkd(Station station, PrivateBus bus) : RealClient(station)
{
    private const int SigTerm = 15;

    public override bool RemembersLease => false;

    public override bool RenewsWhenTold => true;

    public override int Renewals => Acks - 1;

    public override ToldLease Told
    {
        get
        {
            Dictionary<string, string> told = Values(Leases().Output);
            return new ToldLease
            {
                Address = told.GetValueOrDefault("ADDRESS"),
                Mask = told.GetValueOrDefault("NETMASK"),
                Router = told.GetValueOrDefault("ROUTER"),
                DnsServers = told.GetValueOrDefault("DNS"),
                Domain = told.GetValueOrDefault("DOMAINNAME"),
                NtpServers = told.GetValueOrDefault("NTP"),
                HostName = told.GetValueOrDefault("HOSTNAME"),
                Server = told.GetValueOrDefault("SERVER_ADDRESS"),
                LeaseTime = told.GetValueOrDefault("LIFETIME"),
            };
        }
    }

    public override void Start()
    {
        string network = Write("10-eth0.network", $"""
            [Match]
            Name={Station.Interface}
            [Network]
            DHCP=ipv4
            LinkLocalAddressing=no
            IPv6AcceptRA=no
            [DHCPv4]
            UseDomains=yes
            UseHostname=no
            """);
        Write("machine-id", $"{Guid.NewGuid():N}\n");
        // A /sys that cannot be written tells networkd that there is no udev to wait for.
        Program = StartApart(
            $"""
            mount -t tmpfs tmpfs /run
            mkdir -p /run/systemd/netif/leases /run/systemd/netif/links /run/systemd/netif/lldp /run/systemd/network
            chown -R systemd-network:systemd-network /run/systemd/netif
            mkdir /run/dbus
            touch /run/dbus/system_bus_socket
            mount --bind {bus.Socket} /run/dbus/system_bus_socket
            cp {network} /run/systemd/network/
            cp {PathOf("machine-id")} /run/machine-id
            mount --bind /run/machine-id /etc/machine-id
            mount -o remount,ro /sys
            """,
            "env", "SYSTEMD_LOG_TARGET=console", "SYSTEMD_LOG_LEVEL=debug", "/lib/systemd/systemd-networkd");
        Wait.Until(() => Told.Address is not null && Station.Address is not null, Wait.Soon, () => Program.Output);
    }

    public override void Renew()
    {
        int before = Acks;
        ShellResult renew = RunBeside("networkctl", "renew", Station.Interface);
        Assert.True(renew.ExitCode == 0, renew.Error);
        Wait.Until(() => Acks > before, Wait.Soon, () => Program!.Output);
    }

    public override void Release()
    {
        Program!.Signal(SigTerm);
        Assert.Equal(0, Program.WaitForExit(Wait.Soon));
    }

    private int Acks => Count("DHCPv4 client: ACK");

    private ShellResult Leases() => RunBeside("sh", "-c", "cat /run/systemd/netif/leases/*");
}
