using Bramble.Dhcp.Wire;
using Bramble.Integration.Tests.Dhcp.Clients;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>The DHCP clients that Linux systems come with, as the operating systems of Raspberry Pis that have booted.</summary>
[Trait("kind", "integration")]
public sealed class ClientTests(PiSystemsFixture lab) : IClassFixture<PiSystemsFixture>
{
    public static TheoryData<int, string> Clients => [.. RealClient.Names.Select((name, i) => (i, name))];

    [Theory]
    [MemberData(nameof(Clients))]
    public void A_system_keeps_the_address_of_its_firmware_over_renewals_power_cuts_and_a_crash_of_the_server(int index, string name)
    {
        VirtualBoard board = lab.Boards[index];
        using RealClient client = RealClient.Create(name, lab.Switch.Plug("pi" + index, board.Mac), lab.Box.Bus);

        client.Start();
        var wanted = new ToldLease
        {
            Address = board.Address,
            Mask = "255.255.255.0",
            Router = "10.77.0.254",
            DnsServers = "10.77.0.1 10.77.0.2",
            Domain = "lab.example",
            NtpServers = "10.77.0.3",
            HostName = "pi-" + board.Serial,
            Server = "10.77.0.1",
            LeaseTime = "120",
        };
        Assert.Equal(wanted, client.Told);
        Assert.Equal(board.Address + "/24", client.Station.Address);
        AssertWire("Discover Offer Request/SELECTING Ack", board);

        // Which kills the one that runs (SIGKILL).
        lab.Box.Start();
        if (client.RenewsWhenTold)
        {
            int before = lab.Capture.Of(board.Mac).Count;
            client.Renew();
            AssertWire(client.Renewal, board, before);
            SeenMessage request = lab.Capture.Of(board.Mac)[before];
            Assert.Equal(board.Address, request.Ciaddr.ToString());
            Assert.Equal("10.77.0.1", request.Destination.ToString());
            Assert.Equal(wanted, client.Told);
        }

        int beforeCut = lab.Capture.Of(board.Mac).Count;
        client.Restart();
        AssertWire(client.RemembersLease ? "Request/INIT-REBOOT Ack" : "Discover Offer Request/SELECTING Ack", board, beforeCut);
        Assert.Equal(wanted, client.Told);

        int beforeRelease = lab.Capture.Of(board.Mac).Count;
        client.Release();
        Wait.Until(() => lab.Capture.Of(board.Mac).Count > beforeRelease, Wait.Soon, () => "No DHCPRELEASE came.");
        SeenMessage release = Assert.Single(lab.Capture.Of(board.Mac).Skip(beforeRelease));
        Assert.Equal(DhcpMessageType.Release, release.Type);
        Assert.Equal(board.Address, release.Ciaddr.ToString());
        Assert.Equal("10.77.0.1", release.Destination.ToString());
        // RFC 2131 table 5 wants it; the networkd of Debian 12 leaves it out.
        Assert.True(release.Address(DhcpOption.ServerIdentifier)?.ToString() is null or "10.77.0.1", release.ToString());

        client.Start();
        Assert.Equal(wanted, client.Told);
    }

    /// <summary>Waits until these are the messages to and from a board, requests with their state; the capture comes a little after the client.</summary>
    private void AssertWire(string wanted, VirtualBoard board, int from = 0)
    {
        string seen() => string.Join(' ', lab.Capture.Of(board.Mac).Skip(from).Select(m => m.Type == DhcpMessageType.Request ? $"{m.Type}/{m.RequestState}" : $"{m.Type}"));
        Wait.Until(() => seen() == wanted, Wait.Soon, () => $"'{wanted}' was wanted, '{seen()}' came.");
    }
}
