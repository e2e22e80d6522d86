using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Bramble.Linux.Native;
using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>
/// A non-blocking IPv4 UDP socket that receives and sends in batches (recvmmsg, sendmmsg, UDP_SEGMENT) and knows the local
/// address of each packet (IP_PKTINFO). Not thread-safe: it belongs to one loop.
/// </summary>
public sealed unsafe class UdpSocket : IDisposable
{
    private int _fd;

    private UdpSocket(int fd)
    {
        _fd = fd;
    }

    /// <summary>Where the socket is bound; the port is the real one when 0 was asked for.</summary>
    public UdpEndpoint LocalEndpoint { get; private set; }

    /// <summary>The descriptor, for poll(2).</summary>
    public int Descriptor => _fd;

    /// <summary>Makes a socket and binds it.</summary>
    /// <exception cref="UdpBindException">It cannot be bound; the message tells the reason and the fix.</exception>
    public static UdpSocket Bind(UdpEndpoint endpoint, UdpSocketSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        int fd = Libc.Socket(Libc.AddressFamilyInet, Libc.SockDgram | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        if (fd < 0)
        {
            throw UdpBindException.Create(endpoint, settings.Device, Marshal.GetLastPInvokeError());
        }

        var socket = new UdpSocket(fd);
        try
        {
            socket.Configure(endpoint, settings);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = Libc.Close(fd);
        }
    }

    private void Configure(UdpEndpoint endpoint, UdpSocketSettings settings)
    {
        if (settings.ReusePort)
        {
            SetOption(Libc.SolSocket, Libc.SoReusePort, 1);
        }

        if (settings.Broadcast)
        {
            SetOption(Libc.SolSocket, Libc.SoBroadcast, 1);
        }

        // Before the socket is bound, so that nothing else ever gets into its queue.
        if (settings.Filter is { } filter && !filter.TryAttach(_fd))
        {
            ThrowIfFailed(-1, endpoint, settings);
        }

        // The force variants pass net.core.rmem_max but need CAP_NET_ADMIN; without it the plain ones get what they may.
        if (settings.ReceiveBufferBytes > 0 && SetOption(Libc.SolSocket, Libc.SoReceiveBufferForce, settings.ReceiveBufferBytes) < 0)
        {
            SetOption(Libc.SolSocket, Libc.SoReceiveBuffer, settings.ReceiveBufferBytes);
        }

        if (settings.SendBufferBytes > 0 && SetOption(Libc.SolSocket, Libc.SoSendBufferForce, settings.SendBufferBytes) < 0)
        {
            SetOption(Libc.SolSocket, Libc.SoSendBuffer, settings.SendBufferBytes);
        }

        SetOption(Libc.IpProtoIp, Libc.IpPacketInfo, settings.PacketInfo ? 1 : 0);

        // No DF: a boot ROM behind a narrower link gets fragments rather than silence.
        SetOption(Libc.IpProtoIp, Libc.IpMtuDiscover, Libc.IpPmtuDiscDont);
        if (settings.Device is { } device)
        {
            byte[] name = Encoding.UTF8.GetBytes(device + "\0");
            fixed (byte* pointer = name)
            {
                ThrowIfFailed(Libc.SetSocketOption(_fd, Libc.SolSocket, Libc.SoBindToDevice, pointer, (uint)name.Length), endpoint, settings);
            }
        }

        SocketAddress address = ToNative(endpoint);
        ThrowIfFailed(Libc.Bind(_fd, &address, (uint)sizeof(SocketAddress)), endpoint, settings);
        uint length = (uint)sizeof(SocketAddress);
        ThrowIfFailed(Libc.GetSocketName(_fd, &address, &length), endpoint, settings);
        LocalEndpoint = FromNative(address);
    }

    private static void ThrowIfFailed(int result, UdpEndpoint endpoint, UdpSocketSettings settings)
    {
        if (result < 0)
        {
            throw UdpBindException.Create(endpoint, settings.Device, Marshal.GetLastPInvokeError());
        }
    }

    private int SetOption(int level, int name, int value) => Libc.SetSocketOption(_fd, level, name, &value, sizeof(int));

    internal static SocketAddress ToNative(UdpEndpoint endpoint) => new()
    {
        Family = Libc.AddressFamilyInet,
        Port = BinaryPrimitives.ReverseEndianness(endpoint.Port),
        Address = BinaryPrimitives.ReverseEndianness(endpoint.Address.Value),
    };

    internal static UdpEndpoint FromNative(in SocketAddress address) =>
        new(new Ipv4Address(BinaryPrimitives.ReverseEndianness(address.Address)), BinaryPrimitives.ReverseEndianness(address.Port));
}
