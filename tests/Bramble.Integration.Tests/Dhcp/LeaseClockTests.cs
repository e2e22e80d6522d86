using Bramble.Dhcp.Wire;
using Bramble.Integration.Tests.Dhcp.Clients;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>Leases that nobody hurries: clients renew and rebind at their own times.</summary>
[Trait("kind", "integration")]
public sealed class LeaseClockTests
{
    [Fact]
    public void Every_client_asks_its_server_at_half_the_lease_and_everybody_at_seven_eighths()
    {
        using var lab = new DhcpLab("[dhcp]\nmode = server\nlease-time = 2m\ndns = 10.77.0.1\ndomain = lab.example\n");
        lab.Box.Start();
        List<RealClient> clients = [.. RealClient.Names.Select((name, i) => RealClient.Create(name, lab.Switch.Plug("c" + i, Mac(i)), lab.Box.Bus))];
        try
        {
            clients.ForEach(c => c.Start());
            List<ToldLease> leases = [.. clients.Select(c => c.Told)];
            // The server does not get what they ask it alone, so at seven eighths of the lease they have to ask everybody.
            clients.ForEach(c => c.Station.LoseSight("10.77.0.1"));
            bool rebound(string mac) => lab.Capture.Of(mac) is [.., { RequestState: "REBINDING" }, { Type: DhcpMessageType.Ack }];
            Wait.Until(
                () => clients.TrueForAll(c => rebound(c.Station.Mac)), TimeSpan.FromSeconds(120),
                () => string.Join('\n', lab.Capture.All().Skip(4 * clients.Count)));
            Wait.Until(
                () => clients.TrueForAll(c => c.Renewals > 0), Wait.Soon,
                () => string.Join("\n\n", clients.Select(c => $"{c.GetType().Name}: {c.Renewals} renewals\n{c.Output}")));

            for (int i = 0; i < clients.Count; i++)
            {
                IReadOnlyList<SeenMessage> seen = lab.Capture.Of(Mac(i));
                List<string> states = [.. seen.Where(m => m.Type == DhcpMessageType.Request).Select(m => m.RequestState)];
                Assert.Equal("SELECTING", states[0]);
                Assert.Equal("RENEWING", states[1]);
                Assert.Equal("REBINDING", states[^1]);
                Assert.All(states[1..], s => Assert.True(s is "RENEWING" or "REBINDING", s));
                Assert.All(seen.Where(m => m.RequestState is "RENEWING" or "REBINDING" && m.Type == DhcpMessageType.Request), m => Assert.Equal(leases[i].Address, m.Ciaddr.ToString()));
                Assert.Equal(leases[i].Address, seen[^1].Yiaddr.ToString());
                Assert.Equal(leases[i], clients[i].Told);
                Assert.Equal(leases[i].Address + "/24", clients[i].Station.Address);
            }
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    private static string Mac(int index) => $"52:54:00:00:00:0{index}";
}
