using System.Net;
using System.Net.Sockets;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Xunit;

namespace Bramble.Linux.Tests.Sockets;

public sealed class UdpPortHolderTests
{
    [Fact]
    public void Names_the_process_that_has_a_port()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        ushort port = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;

        Assert.Contains($"(pid {Environment.ProcessId})", Assert.Single(UdpPortHolder.Find(Ipv4Address.Any, port)).ToString(), StringComparison.Ordinal);
        Assert.Single(UdpPortHolder.Find(Ipv4Address.Parse("127.0.0.1"), port));
        Assert.Empty(UdpPortHolder.Find(Ipv4Address.Parse("10.1.2.3"), port));
        socket.Close();
        Assert.Empty(UdpPortHolder.Find(Ipv4Address.Any, port));
    }
}
