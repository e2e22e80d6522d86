using Bramble.Linux.Sockets;

namespace Bramble.Tftp.Serving;

/// <summary>An endpoint of the settings and the socket that listens there.</summary>
internal sealed record TftpListener(TftpEndpoint Endpoint, UdpSocket Socket)
{
    /// <summary>Binds the socket of an endpoint.</summary>
    public static TftpListener Bind(TftpEndpoint endpoint, TftpOptions options, int worker)
    {
        var address = new UdpEndpoint(endpoint.Address, options.Port);
        var settings = new UdpSocketSettings { Device = endpoint.Interface, ReceiveBufferBytes = options.SocketBufferBytes };
        if (options.Workers > 1)
        {
            if (worker == 0)
            {
                // Sharing the port would also share it with a second server of the same user; a plain bind tells.
                UdpSocket.Bind(address, settings).Dispose();
            }

            settings = settings with { ReusePort = true };
        }

        return new TftpListener(endpoint, UdpSocket.Bind(address, settings));
    }
}
