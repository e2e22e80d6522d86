using System.Net;
using System.Net.Sockets;
using Bramble.Dhcp.Transport;

namespace Bramble.Dhcp.Tests.Transport;

public sealed class PortHolderTests
{
    [Fact]
    public void Names_the_process_that_has_a_port()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        Assert.Contains($"(pid {Environment.ProcessId})", PortHolder.Find(port), StringComparison.Ordinal);
        socket.Close();
        Assert.Null(PortHolder.Find(port));
    }
}
