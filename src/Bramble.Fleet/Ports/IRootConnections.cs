using Bramble.Linux.Net;

namespace Bramble.Fleet.Ports;

/// <summary>The connections of clients to this server's NFS and iSCSI ports.</summary>
public interface IRootConnections
{
    /// <summary>The established ones right now.</summary>
    IReadOnlyList<TcpConnection> Read();
}
