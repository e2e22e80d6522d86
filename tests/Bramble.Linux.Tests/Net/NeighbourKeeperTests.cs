using Bramble.Linux.Net;
using Xunit;

namespace Bramble.Linux.Tests.Net;

public sealed class NeighbourKeeperTests
{
    [Fact]
    public void Confirming_is_taken_by_the_kernel_without_a_privilege_and_sends_nothing()
    {
        using var receiver = new System.Net.Sockets.UdpClient(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.77"), 0));
        using var keeper = new NeighbourKeeper();
        Assert.True(keeper.TryConfirm(Ipv4Address.Parse("127.0.0.77")));
        Assert.Equal(0, receiver.Available);
    }

    [Fact]
    public void A_broadcast_address_is_refused_quietly()
    {
        using var keeper = new NeighbourKeeper();
        Assert.False(keeper.TryConfirm(Ipv4Address.Broadcast));
    }
}
