using Bramble.Dhcp.Leases;
using Bramble.Dhcp.Policy;
using Bramble.Dhcp.Serving;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Tests.Serving;

/// <summary>Damaged packets with everything switched on that the configuration has.</summary>
public sealed class HostileTests
{
    [Fact]
    public void Whatever_comes_every_reply_can_be_read_is_short_enough_and_gives_no_address_outside_the_pool()
    {
        var bench = new TestBench(
            o => o with
            {
                ExtraOptions = [new DhcpExtraOption(224, new byte[300], true), .. Enumerable.Range(200, 10).Select(i => new DhcpExtraOption((byte)i, new byte[90], i % 2 == 0))],
                Routes = [new DhcpRoute(TestBench.Subnet("10.0.0.0/8"), Ipv4Address.Parse("10.42.0.253"))],
            },
            probes: true);
        bench.Policy.Pis = new BootDecision(BootDisposition.Serve, "pi", UefiBootFile: "EFI/BOOT/BOOTAA64.EFI");
        bench.Policy.KeepEvents = false;
        var random = new Random(11);
        byte[][] models =
        [
            ClientMessage.Pi4Discover().With(82, new byte[200]).Build(),
            ClientMessage.Pi3RomDiscover().With(52, 3).Build(),
            ClientMessage.Uefi().Build(),
            ClientMessage.Uefi(DhcpMessageType.Request, ciaddr: Ipv4Address.Parse("10.42.0.60")).Build(),
            new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:00:01", giaddr: Ipv4Address.Parse("10.42.0.253")).With(82, new byte[255]).With(82, new byte[200]).With(61, new byte[200]).With(55, 121, 3, 224, 201, 203, 205, 207).Build(),
            new ClientMessage(DhcpMessageType.Request, "52:54:00:00:00:02").With(54, TestBench.Server).With(50, Ipv4Address.Parse("10.42.0.101")).With(57, 5, 220).Build(),
            new ClientMessage(DhcpMessageType.Inform, "52:54:00:00:00:03", ciaddr: Ipv4Address.Parse("10.42.0.20")).With(55, 1, 3, 6, 201).Build(),
            new ClientMessage(DhcpMessageType.Discover, "52:54:00:00:00:04").With(60, "Bramble").With(43, 10, 42, 0, 9).Build(),
        ];
        int replies = 0;
        for (int round = 0; round < 100_000; round++)
        {
            byte[] octets = (byte[])models[random.Next(models.Length)].Clone();
            for (int i = random.Next(0, 8); i > 0; i--)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            }

            bench.Now += TimeSpan.FromMilliseconds(random.Next(20));
            bench.Responder.StockAddresses(bench.Now);
            while (bench.Probes!.TryNext(bench.Now, out int port, out Ipv4Address address))
            {
                if (random.Next(50) == 0)
                {
                    bench.Responder.OnAddressClaimed(port, address, new MacAddress((ulong)random.Next(1, 9)), bench.Now);
                }
            }

            bench.Replies.Clear();
            bool unicast = random.Next(2) == 0;
            var arrival = new PacketArrival(0, Ipv4Address.Parse("10.42.0.60"), unicast ? TestBench.Server : Ipv4Address.Broadcast, bench.Now)
            {
                BootClientPort = random.Next(10) == 0 ? 4011 : 0,
            };
            bench.Responder.Handle(octets, arrival, bench.Replies);
            for (int i = 0; i < bench.Replies.Count; i++)
            {
                replies++;
                Assert.InRange(bench.Replies.Message(i).Length, 241, 1472);
                Assert.True(DhcpPacket.TryParse(bench.Replies.Message(i), out DhcpPacket reply, out DhcpDropReason reason), reason.ToString());
                Assert.True(reply.TryGetAddress(54, out Ipv4Address server) && server == TestBench.Server);
                bool gives = reply.MessageType is DhcpMessageType.Offer or DhcpMessageType.Ack && !reply.Yiaddr.IsAny;
                Assert.True(!gives || reply.TryGetOption(51, new byte[8], out _) || BrambleProbe.IsMarked(reply) || reply.Yiaddr == bench.Options.Interfaces[0].PoolFirst);
            }
        }

        Assert.True(replies > 10_000);
        Assert.All(bench.Book.Leases, l => Assert.InRange(l.Address.Value, bench.Options.Interfaces[0].PoolFirst.Value, bench.Options.Interfaces[0].PoolLast.Value));
        Assert.All(bench.Book.Leases.GroupBy(l => l.Mac).Where(g => !g.Any(l => l.IsConflict)), g => Assert.True(g.Count(l => l.IsHeld(bench.Now)) <= LeaseBook.MaximumPerMac));
    }
}
