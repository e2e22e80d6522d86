using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Bramble.Dhcp.Serving;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using static Bramble.Dhcp.Transport.Libc;

namespace Bramble.Dhcp.Transport;

/// <summary>
/// A UDP socket bound to one interface and port, receiving and sending in batches. One thread; all memory is taken once.
/// </summary>
internal sealed unsafe class DhcpSocket : IDisposable
{
    /// <summary>Packets of one system call.</summary>
    public const int BatchSize = 32;

    // Room for about 1000 clients that ask in the same instant (a packet costs about 1 KB of it).
    private const int ReceiveBuffer = 1 << 20;

    private readonly byte* _memory;
    private readonly MMsgHdr* _receive;
    private readonly MMsgHdr* _send;
    private readonly byte* _buffers;
    private int _fd;
    private int _queued;

    private DhcpSocket(int fd, string interfaceName, int port)
    {
        _fd = fd;
        InterfaceName = interfaceName;
        InterfaceIndex = (int)IfNameToIndex(interfaceName);
        Port = port;

        int perMessage = sizeof(MMsgHdr) + sizeof(SockAddrIn) + sizeof(IoVec) + sizeof(ControlPktinfo);
        _memory = (byte*)NativeMemory.AllocZeroed((nuint)(BatchSize * ((2 * perMessage) + ReplyBatch.BufferLength)));
        byte* next = _memory;
        _receive = Headers(ref next);
        _send = Headers(ref next);
        _buffers = next;
        for (int i = 0; i < BatchSize; i++)
        {
            _receive[i].Header.Vectors->Base = _buffers + (i * ReplyBatch.BufferLength);
            _receive[i].Header.Vectors->Length = ReplyBatch.BufferLength;
        }
    }

    public string InterfaceName { get; }

    /// <summary>The interface's number when the socket was opened; another now means that the interface was made anew.</summary>
    public int InterfaceIndex { get; }

    public int Port { get; }

    public int Descriptor => _fd;

    /// <summary>Opens the socket.</summary>
    /// <exception cref="DhcpServerException">With the reason and what to do.</exception>
    public static DhcpSocket Open(string interfaceName, int port)
    {
        int fd = Socket(AfInet, SockDgram | SockNonblockCloexec, 0);
        if (fd < 0)
        {
            throw new DhcpServerException($"A UDP socket cannot be made: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        // No SO_REUSEADDR on purpose: with it the system would let two DHCP servers share the port, and each would see
        // only part of the packets. Sockets on different interfaces do not need it.
        int error = 0;
        Span<byte> device = stackalloc byte[16];
        device.Clear();
        int nameLength = Encoding.UTF8.GetByteCount(interfaceName);
        if (nameLength is 0 or > 15)
        {
            _ = Close(fd);
            throw new DhcpServerException($"'{interfaceName}' is no interface name.");
        }

        Encoding.UTF8.GetBytes(interfaceName, device);
        int one = 1;
        int buffer = ReceiveBuffer;
        var address = new SockAddrIn { Family = AfInet, PortBigEndian = Swap((ushort)port) };
        fixed (byte* name = device)
        {
            if (SetSockOpt(fd, SolSocket, SoBindToDevice, name, (uint)nameLength) != 0
                || SetSockOpt(fd, SolSocket, SoBroadcast, &one, sizeof(int)) != 0
                || SetSockOpt(fd, IpProtoIp, IpPktinfo, &one, sizeof(int)) != 0
                || SetSockOpt(fd, SolSocket, SoRcvbuf, &buffer, sizeof(int)) != 0
                || Bind(fd, &address, (uint)sizeof(SockAddrIn)) != 0)
            {
                error = Marshal.GetLastPInvokeError();
            }
        }

        if (error != 0)
        {
            _ = Close(fd);
            throw new DhcpServerException(Explain(error, interfaceName, port));
        }

        return new DhcpSocket(fd, interfaceName, port);
    }

    /// <summary>Receives up to <see cref="BatchSize"/> packets. Never waits. 0 if there are none.</summary>
    public int Receive()
    {
        for (int i = 0; i < BatchSize; i++)
        {
            ref MsgHdr header = ref _receive[i].Header;
            header.NameLength = (uint)sizeof(SockAddrIn);
            header.ControlLength = (nuint)sizeof(ControlPktinfo);
            header.Flags = 0;
        }

        return Math.Max(0, RecvMmsg(_fd, _receive, BatchSize, MsgDontwait, null));
    }

    /// <summary>A packet of the last <see cref="Receive"/>; empty if it was larger than one Ethernet frame.</summary>
    public ReadOnlySpan<byte> Message(int index) => (_receive[index].Header.Flags & MsgTrunc) != 0
        ? default
        : new ReadOnlySpan<byte>(_receive[index].Header.Vectors->Base, (int)_receive[index].Length);

    public Ipv4Address Source(int index) => new(BinaryPrimitives.ReverseEndianness(_receive[index].Header.Name->AddressBigEndian));

    public Ipv4Address Destination(int index)
    {
        ref MsgHdr header = ref _receive[index].Header;
        return header.ControlLength >= ControlPktinfo.Used && header.Control->Type == IpPktinfo
            ? new Ipv4Address(BinaryPrimitives.ReverseEndianness(header.Control->DestinationBigEndian))
            : default;
    }

    /// <summary>True if <see cref="Flush"/> must come before the next <see cref="Queue"/>.</summary>
    public bool IsFull => _queued == BatchSize;

    /// <summary>Queues a packet. <paramref name="message"/> must be pinned memory that stays as it is until <see cref="Flush"/>.</summary>
    public void Queue(ReadOnlySpan<byte> message, Ipv4Address local, Ipv4Address destination, int port)
    {
        ref MsgHdr header = ref _send[_queued++].Header;
        header.Vectors->Base = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(message));
        header.Vectors->Length = (nuint)message.Length;
        header.NameLength = (uint)sizeof(SockAddrIn);
        header.Name->Family = AfInet;
        header.Name->PortBigEndian = Swap((ushort)port);
        header.Name->AddressBigEndian = BinaryPrimitives.ReverseEndianness(destination.Value);
        header.ControlLength = (nuint)sizeof(ControlPktinfo);
        header.Control->Length = ControlPktinfo.Used;
        header.Control->Level = IpProtoIp;
        header.Control->Type = IpPktinfo;
        header.Control->InterfaceIndex = InterfaceIndex;
        header.Control->LocalBigEndian = BinaryPrimitives.ReverseEndianness(local.Value);
        header.Control->DestinationBigEndian = 0;
    }

    /// <summary>Sends what is queued; returns how many packets the system refused.</summary>
    public int Flush()
    {
        int failed = 0;
        for (int done = 0; done < _queued;)
        {
            int sent = SendMmsg(_fd, _send + done, (uint)(_queued - done), 0);
            if (sent > 0)
            {
                done += sent;
            }
            else if (sent == 0 || Marshal.GetLastPInvokeError() != Eintr)
            {
                failed++;
                done++;
            }
        }

        _queued = 0;
        return failed;
    }

    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = Close(fd);
            NativeMemory.Free(_memory);
        }
    }

    private static ushort Swap(ushort value) => BinaryPrimitives.ReverseEndianness(value);

    private static MMsgHdr* Headers(ref byte* next)
    {
        var headers = (MMsgHdr*)next;
        next += BatchSize * sizeof(MMsgHdr);
        for (int i = 0; i < BatchSize; i++)
        {
            headers[i].Header.Name = (SockAddrIn*)next;
            next += sizeof(SockAddrIn);
            headers[i].Header.Vectors = (IoVec*)next;
            next += sizeof(IoVec);
            headers[i].Header.VectorCount = 1;
            headers[i].Header.Control = (ControlPktinfo*)next;
            next += sizeof(ControlPktinfo);
        }

        return headers;
    }

    private static string Explain(int error, string interfaceName, int port) => error switch
    {
        Enodev => $"There is no network interface '{interfaceName}'. 'ip link' lists those that there are; set the right one in [dhcp] interface.",
        Eacces or Eperm => $"UDP port {port} on {interfaceName} needs CAP_NET_BIND_SERVICE (and CAP_NET_RAW on kernels before 5.7). Run under the systemd unit, or as root.",
        Eaddrinuse when UdpPortHolder.Find(Ipv4Address.Any, (ushort)port) is [UdpPortHolder holder, ..] => $"UDP port {port} is in use by {holder}: stop it (systemctl disable --now ...), or let it serve another interface.",
        Eaddrinuse => $"UDP port {port} is in use by another program: stop it ('ss -ulpn sport = {port}' as root names it).",
        _ => $"UDP port {port} on {interfaceName} cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}.",
    };
}
