using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Bramble.Linux.Native;
using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>
/// A packet(7) socket on one interface: sends whole frames, so that a client without an address can be reached by its
/// Ethernet address, and receives what its filter lets through, whoever it is for. Needs CAP_NET_RAW. One thread.
/// </summary>
public sealed unsafe class PacketSocket : IDisposable
{
    /// <summary>Frames of one system call.</summary>
    public const int BatchSize = 32;

    // An Ethernet frame, and room to start each on a cache line.
    private const int SlotBytes = 1536;
    private const int LargestQueueBytes = 1 << 20;

    // The last slot is for what goes at once.
    private const int Immediate = BatchSize;
    private const int Slots = BatchSize + 1;

    private readonly byte* _frames;
    private readonly LinkAddress* _addresses;
    private readonly IoVector* _vectors;
    private readonly MultiMessage* _messages;
    private readonly int _interfaceIndex;
    private int _queued;
    private int _fd;

    private PacketSocket(int fd, InterfaceInfo networkInterface)
    {
        _fd = fd;
        _interfaceIndex = networkInterface.Index;
        Mac = networkInterface.Mac;
        _frames = (byte*)NativeMemory.AllocZeroed(Slots * SlotBytes);
        _addresses = (LinkAddress*)NativeMemory.AllocZeroed((nuint)(Slots * sizeof(LinkAddress)));
        _vectors = (IoVector*)NativeMemory.AllocZeroed((nuint)(Slots * sizeof(IoVector)));
        _messages = (MultiMessage*)NativeMemory.AllocZeroed((nuint)(Slots * sizeof(MultiMessage)));
        for (int i = 0; i < Slots; i++)
        {
            _vectors[i].Base = _frames + (i * SlotBytes);
            _messages[i].Header.Name = _addresses + i;
            _messages[i].Header.NameLength = (uint)sizeof(LinkAddress);
            _messages[i].Header.Vectors = _vectors + i;
            _messages[i].Header.VectorCount = 1;
        }
    }

    /// <summary>The interface's Ethernet address.</summary>
    public MacAddress Mac { get; }

    /// <summary>The descriptor, for poll(2).</summary>
    public int Descriptor => _fd;

    /// <summary>True if <see cref="Flush"/> must come before the next <see cref="QueueUdp"/>.</summary>
    public bool IsFull => _queued == BatchSize;

    /// <summary>Opens a socket that hears UDP datagrams for one port, or says why not.</summary>
    /// <param name="networkInterface">An Ethernet interface.</param>
    /// <param name="receivePort">UDP destination port to receive; the kernel drops everything else before it costs anything.</param>
    /// <param name="error">The system's reason if the result is null.</param>
    public static PacketSocket? TryOpen(InterfaceInfo networkInterface, int receivePort, out string error)
    {
        SocketFilter datagrams = new SocketFilter()
            .HalfIs(12, PacketFrame.Ipv4)
            .ByteIs(23, PacketFrame.Udp)
            .HalfIs(20, 0, mask: 0x1FFF)
            .HalfBehindIpHeaderIs(14, 2, (ushort)receivePort);
        return TryOpen(networkInterface, PacketFrame.Ipv4, datagrams, out error);
    }

    /// <summary>Opens a socket that hears IPv4 frames, or says why not.</summary>
    /// <param name="networkInterface">An Ethernet interface.</param>
    /// <param name="filter">What is heard; offsets count from the Ethernet header.</param>
    /// <param name="error">The system's reason if the result is null.</param>
    public static PacketSocket? TryOpen(InterfaceInfo networkInterface, SocketFilter filter, out string error) =>
        TryOpen(networkInterface, PacketFrame.Ipv4, filter, out error);

    /// <summary>
    /// Opens a socket that hears ARP requests and replies of those that have an address within a subnet, or says why not. A socket
    /// of its own, because one for both protocols would see every other packet too, the machine's own included.
    /// </summary>
    /// <param name="networkInterface">An Ethernet interface.</param>
    /// <param name="senders">The subnet; probes (sender 0.0.0.0) are not heard.</param>
    /// <param name="error">The system's reason if the result is null.</param>
    public static PacketSocket? TryOpenArp(InterfaceInfo networkInterface, Ipv4Subnet senders, out string error) =>
        TryOpen(networkInterface, PacketFrame.Arp, ArpFilter(senders), out error);

    /// <summary>Opens a socket that hears IEEE 802.3 frames with an LLC header of unnumbered information: the spanning tree's, and Cisco's in SNAP. Or says why not.</summary>
    /// <param name="networkInterface">An Ethernet interface.</param>
    /// <param name="error">The system's reason if the result is null.</param>
    public static PacketSocket? TryOpenLlc(InterfaceInfo networkInterface, out string error)
    {
        const byte unnumberedInformation = 3;
        PacketSocket? socket = TryOpen(networkInterface, PacketFrame.Llc, new SocketFilter().ByteIs(16, unnumberedInformation), out error);

        // A card drops groups that nobody joined; one that hears all of them anyway may refuse.
        socket?.Join(PacketMembership.Group, new MacAddress(0x01_80_C2_00_00_00));
        socket?.Join(PacketMembership.Group, new MacAddress(0x01_00_0C_CC_CC_CD));
        return socket;
    }

    /// <summary>Opens a socket that hears UDP datagrams for one port whatever Ethernet address they are sent to (promiscuous mode), or says why not.</summary>
    /// <param name="networkInterface">An Ethernet interface.</param>
    /// <param name="receivePort">UDP destination port to receive.</param>
    /// <param name="error">The system's reason if the result is null.</param>
    public static PacketSocket? TryOpenForAll(InterfaceInfo networkInterface, int receivePort, out string error)
    {
        PacketSocket? socket = TryOpen(networkInterface, receivePort, out error);
        if (socket is not null)
        {
            socket.Join(PacketMembership.Promiscuous, default);

            // What the system allows without rights, which is twice what it gives unasked.
            int queue = LargestQueueBytes;
            _ = Libc.SetSocketOption(socket._fd, Libc.SolSocket, Libc.SoReceiveBuffer, &queue, sizeof(int));
        }

        return socket;
    }

    /// <summary>Changes the subnet of a socket of <see cref="TryOpenArp"/>. False if the system refuses.</summary>
    public bool TryHearArpOf(Ipv4Subnet senders) => ArpFilter(senders).TryAttach(_fd);

    /// <summary>Sends a UDP datagram to an Ethernet address, without ARP. False if the system refuses.</summary>
    public bool TrySendUdp(MacAddress to, Ipv4Address source, int sourcePort, Ipv4Address destination, int destinationPort, ReadOnlySpan<byte> payload) =>
        TrySend(PacketFrame.WriteUdp(Slot(Immediate), Mac, to, source, sourcePort, destination, destinationPort, payload));

    /// <summary>Broadcasts an ARP announcement of our own address: harmless to all, and a broadcast frame.</summary>
    public bool TrySendArpAnnouncement(Ipv4Address address) => TrySend(PacketFrame.WriteArpAnnouncement(Slot(Immediate), Mac, address));

    /// <summary>Asks whether somebody has an address (RFC 5227 probe); the answer comes to a socket of <see cref="TryOpenArp"/>. False if the system refuses.</summary>
    public bool TrySendArpProbe(Ipv4Address address) => TrySend(PacketFrame.WriteArpProbe(Slot(Immediate), Mac, address));

    /// <summary>Puts a UDP datagram to an Ethernet address, without ARP, among those that the next <see cref="Flush"/> sends. False if it is too long.</summary>
    public bool QueueUdp(MacAddress to, Ipv4Address source, int sourcePort, Ipv4Address destination, int destinationPort, ReadOnlySpan<byte> payload)
    {
        if (IsFull)
        {
            ThrowFull();
        }

        int length = PacketFrame.WriteUdp(Slot(_queued), Mac, to, source, sourcePort, destination, destinationPort, payload);
        if (length == 0)
        {
            return false;
        }

        Address(_queued, length);
        _queued++;
        return true;
    }

    /// <summary>Sends what is queued; returns how many frames the system refused.</summary>
    public int Flush()
    {
        int failed = Send(_messages, _queued);
        _queued = 0;
        return failed;
    }

    /// <summary>Receives one frame. Never waits.</summary>
    /// <returns>Its length, cut to the buffer; 0 if there is none.</returns>
    public int Receive(Span<byte> frame)
    {
        fixed (byte* buffer = frame)
        {
            return (int)Math.Max(0, Libc.Receive(_fd, buffer, (nuint)frame.Length, Libc.MsgDontWait));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = Libc.Close(fd);
            NativeMemory.Free(_messages);
            NativeMemory.Free(_vectors);
            NativeMemory.Free(_addresses);
            NativeMemory.Free(_frames);
        }
    }

    private static SocketFilter ArpFilter(Ipv4Subnet senders) => new SocketFilter()
        .HalfIs(12, PacketFrame.Arp)
        .WordIs(28, senders.Network.Value, senders.Mask.Value);

    private static PacketSocket? TryOpen(InterfaceInfo networkInterface, ushort protocol, SocketFilter filter, out string error)
    {
        error = "";
        int fd = Libc.Socket(Libc.AddressFamilyPacket, Libc.SockRaw | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        if (fd < 0)
        {
            error = Marshal.GetLastPInvokeErrorMessage();
            return null;
        }

        // The filter goes in before the socket is bound, so nothing else ever gets into its queue.
        var address = new LinkAddress
        {
            Family = Libc.AddressFamilyPacket,
            Protocol = BinaryPrimitives.ReverseEndianness(protocol),
            InterfaceIndex = networkInterface.Index,
        };
        if (!filter.TryAttach(fd) || Libc.Bind(fd, &address, (uint)sizeof(LinkAddress)) != 0)
        {
            error = Marshal.GetLastPInvokeErrorMessage();
            _ = Libc.Close(fd);
            return null;
        }

        return new PacketSocket(fd, networkInterface);
    }

    private void Join(ushort type, MacAddress group)
    {
        var request = new PacketMembership { InterfaceIndex = _interfaceIndex, Type = type, AddressLength = MacAddress.Length };
        group.CopyTo(new Span<byte>(request.Address, MacAddress.Length));
        _ = Libc.SetSocketOption(_fd, Libc.SolPacket, Libc.PacketAddMembership, &request, (uint)sizeof(PacketMembership));
    }

    private static void ThrowFull() => throw new InvalidOperationException("The send queue is full: flush it before more is added.");

    private Span<byte> Slot(int index) => new(_frames + (index * SlotBytes), SlotBytes);

    private void Address(int index, int length)
    {
        byte* frame = _frames + (index * SlotBytes);
        ref LinkAddress address = ref _addresses[index];
        address.Family = Libc.AddressFamilyPacket;
        address.Protocol = *(ushort*)(frame + 12);
        address.InterfaceIndex = _interfaceIndex;
        address.AddressLength = MacAddress.Length;
        address.Address = *(ulong*)frame;
        _vectors[index].Length = (nuint)length;
    }

    private bool TrySend(int length)
    {
        if (length == 0)
        {
            return false;
        }

        Address(Immediate, length);
        return Send(_messages + Immediate, 1) == 0;
    }

    private int Send(MultiMessage* messages, int count)
    {
        int failed = 0;
        bool waited = false;
        for (int next = 0; next < count;)
        {
            int sent = MultiSend.Send(_fd, messages + next, count - next, ref waited, out _);
            failed += sent > 0 ? 0 : 1;
            next += Math.Max(1, sent);
        }

        return failed;
    }
}
