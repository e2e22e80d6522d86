using System.Net;
using System.Net.Sockets;

namespace Bramble.Integration.Tests.Lab;

/// <summary>A TCP connection from a board's system to the port of NFS on the server, as of a mounted root; nothing is said over it.</summary>
internal sealed class RootConnection : IDisposable
{
    private const int NfsPort = 2049;

    private readonly TcpListener _server;
    private readonly TcpClient _board;

    public RootConnection(Segment segment, Station board)
    {
        _server = NetworkNamespace.In(segment.ServerNamespace, static () =>
        {
            var listener = new TcpListener(IPAddress.Any, NfsPort);
            listener.Start();
            return listener;
        });
        _board = NetworkNamespace.In(board.Namespace, static () =>
        {
            var client = new TcpClient(AddressFamily.InterNetwork);
            client.Connect("10.77.0.1", NfsPort);
            return client;
        });
    }

    public void Dispose()
    {
        _board.Dispose();
        _server.Dispose();
    }
}
