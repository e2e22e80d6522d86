using Bramble.Linux.Net;

namespace Bramble.Fleet.Ports;

/// <summary>The kernel's TCP table, for NFS (2049) and iSCSI (3260).</summary>
public sealed class LinuxRootConnections : IRootConnections
{
    /// <summary>TCP port of NFS.</summary>
    public const ushort NfsPort = 2049;

    /// <summary>TCP port of iSCSI (RFC 7143).</summary>
    public const ushort IscsiPort = 3260;

    /// <inheritdoc/>
    public IReadOnlyList<TcpConnection> Read() => TcpConnections.ReadEstablished([NfsPort, IscsiPort]);
}
