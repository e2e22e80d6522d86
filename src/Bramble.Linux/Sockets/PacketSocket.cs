using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>
/// A packet(7) socket on one interface: sends whole frames, so that a client without an address can be reached by its
/// Ethernet address, and receives UDP datagrams for one port, whoever owns that port here. Needs CAP_NET_RAW. One thread.
/// </summary>
public sealed unsafe partial class PacketSocket : IDisposable
{
    private const int AfPacket = 17;
    private const int SockRaw = 3;
    private const int SockNonblockCloexec = 0x800 | 0x80000;
    private const int SolSocket = 1;
    private const int SoAttachFilter = 26;
    private const ushort EthIp = 0x0800;

    private readonly byte[] _frame = GC.AllocateUninitializedArray<byte>(2048, pinned: true);
    private readonly int _interfaceIndex;
    private int _fd;

    private PacketSocket(int fd, InterfaceInfo networkInterface)
    {
        _fd = fd;
        _interfaceIndex = networkInterface.Index;
        Mac = networkInterface.Mac;
    }

    /// <summary>The interface's Ethernet address.</summary>
    public MacAddress Mac { get; }

    /// <summary>The descriptor, for poll(2).</summary>
    public int Descriptor => _fd;

    /// <summary>Opens a socket, or says why not.</summary>
    /// <param name="networkInterface">An Ethernet interface.</param>
    /// <param name="receivePort">UDP destination port to receive; the kernel drops everything else before it costs anything.</param>
    /// <param name="error">The system's reason if the result is null.</param>
    public static PacketSocket? TryOpen(InterfaceInfo networkInterface, int receivePort, out string error)
    {
        error = "";
        int fd = Socket(AfPacket, SockRaw | SockNonblockCloexec, 0);
        if (fd < 0)
        {
            error = Marshal.GetLastPInvokeErrorMessage();
            return null;
        }

        // The filter goes in before the socket is bound, so nothing else ever gets into its queue.
        if (!TryAttach(fd, receivePort) || !TryBind(fd, networkInterface.Index))
        {
            error = Marshal.GetLastPInvokeErrorMessage();
            _ = Close(fd);
            return null;
        }

        return new PacketSocket(fd, networkInterface);
    }

    /// <summary>Sends a UDP datagram to an Ethernet address, without ARP. False if the system refuses.</summary>
    public bool TrySendUdp(MacAddress to, Ipv4Address source, int sourcePort, Ipv4Address destination, int destinationPort, ReadOnlySpan<byte> payload)
    {
        int length = PacketFrame.WriteUdp(_frame, Mac, to, source, sourcePort, destination, destinationPort, payload);
        return length > 0 && TrySend(length);
    }

    /// <summary>Broadcasts an ARP announcement of our own address: harmless to all, and a broadcast frame.</summary>
    public bool TrySendArpAnnouncement(Ipv4Address address) => TrySend(PacketFrame.WriteArpAnnouncement(_frame, Mac, address));

    /// <summary>Receives one frame. Never waits.</summary>
    /// <returns>Its length, cut to the buffer; 0 if there is none.</returns>
    public int Receive(Span<byte> frame)
    {
        fixed (byte* buffer = frame)
        {
            nint length = Recv(_fd, buffer, (nuint)frame.Length, 0);
            return length < 0 ? 0 : (int)length;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = Close(fd);
        }
    }

    private static bool TryAttach(int fd, int port)
    {
        // ether[12:2]=0x800 and ip[9]=17 and no fragment offset and udp[2:2]=port, as tcpdump -dd writes it.
        Instruction* program = stackalloc Instruction[]
        {
            new(0x28, 0, 0, 12), new(0x15, 0, 8, EthIp),
            new(0x30, 0, 0, 23), new(0x15, 0, 6, 17),
            new(0x28, 0, 0, 20), new(0x45, 4, 0, 0x1FFF),
            new(0xB1, 0, 0, 14), new(0x48, 0, 0, 16), new(0x15, 0, 1, (uint)port),
            new(0x06, 0, 0, 0x40000),
            new(0x06, 0, 0, 0),
        };
        var filter = new Filter { Length = 11, Program = program };
        return SetSockOpt(fd, SolSocket, SoAttachFilter, &filter, (uint)sizeof(Filter)) == 0;
    }

    private static bool TryBind(int fd, int interfaceIndex)
    {
        Span<byte> address = stackalloc byte[20];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)AfPacket);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], EthIp);
        MemoryMarshal.Write(address[4..], interfaceIndex);
        fixed (byte* pointer = address)
        {
            return Bind(fd, pointer, (uint)address.Length) == 0;
        }
    }

    private bool TrySend(int length)
    {
        Span<byte> address = stackalloc byte[20];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)AfPacket);
        _frame.AsSpan(12, 2).CopyTo(address[2..]);
        MemoryMarshal.Write(address[4..], _interfaceIndex);
        address[11] = MacAddress.Length;
        _frame.AsSpan(0, MacAddress.Length).CopyTo(address[12..]);
        fixed (byte* frame = _frame)
        fixed (byte* pointer = address)
        {
            return SendTo(_fd, frame, (nuint)length, 0, pointer, (uint)address.Length) == length;
        }
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int fd, byte* address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSockOpt(int fd, int level, int name, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(int fd, byte* buffer, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(int fd, byte* buffer, nuint length, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, byte jumpTrue, byte jumpFalse, uint operand)
    {
        public readonly ushort Code = code;
        public readonly byte JumpTrue = jumpTrue;
        public readonly byte JumpFalse = jumpFalse;
        public readonly uint Operand = operand;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Filter
    {
        public ushort Length;
        public Instruction* Program;
    }
}
