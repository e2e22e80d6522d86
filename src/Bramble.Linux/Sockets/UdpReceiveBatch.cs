using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Bramble.Linux.Native;
using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>Buffers for one recvmmsg call, reused for every call. Belongs to one loop.</summary>
public sealed unsafe class UdpReceiveBatch : IDisposable
{
    private const int ControlBytes = 64;

    private readonly int _capacity;
    private readonly int _slotBytes;
    private readonly byte* _data;
    private readonly byte* _control;
    private readonly SocketAddress* _addresses;
    private readonly IoVector* _vectors;
    private readonly MultiMessage* _messages;
    private int _count;
    private bool _disposed;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="capacity">Datagrams a call.</param>
    /// <param name="slotBytes">Longest datagram in bytes; what is longer is cut and marked.</param>
    public UdpReceiveBatch(int capacity, int slotBytes)
    {
        _capacity = capacity;
        _slotBytes = slotBytes;
        _data = (byte*)NativeMemory.AllocZeroed((nuint)(capacity * slotBytes));
        _control = (byte*)NativeMemory.AllocZeroed((nuint)(capacity * ControlBytes));
        _addresses = (SocketAddress*)NativeMemory.AllocZeroed((nuint)(capacity * sizeof(SocketAddress)));
        _vectors = (IoVector*)NativeMemory.AllocZeroed((nuint)(capacity * sizeof(IoVector)));
        _messages = (MultiMessage*)NativeMemory.AllocZeroed((nuint)(capacity * sizeof(MultiMessage)));
        for (int i = 0; i < capacity; i++)
        {
            _vectors[i].Base = _data + (i * slotBytes);
            _vectors[i].Length = (nuint)slotBytes;
            _messages[i].Header.Name = _addresses + i;
            _messages[i].Header.Vectors = _vectors + i;
            _messages[i].Header.VectorCount = 1;
            _messages[i].Header.Control = _control + (i * ControlBytes);
            Reset(i);
        }
    }

    /// <summary>Datagrams a call.</summary>
    public int Capacity => _capacity;

    /// <summary>Takes what waits in the socket, at most <see cref="Capacity"/> datagrams, without waiting.</summary>
    /// <returns>The number of datagrams; 0 if none waits.</returns>
    public int Receive(UdpSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        for (int i = 0; i < _count; i++)
        {
            Reset(i);
        }

        _count = 0;
        while (true)
        {
            int received = Libc.ReceiveMany(socket.Descriptor, _messages, (uint)_capacity, Libc.MsgDontWait, null);
            if (received >= 0)
            {
                _count = received;
                return received;
            }

            // Any other error here belongs to one earlier datagram (an ICMP answer) and is gone once reported.
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
            {
                return 0;
            }
        }
    }

    /// <summary>One datagram of the last <see cref="Receive"/>.</summary>
    public UdpPacket this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
            ref MultiMessage message = ref _messages[index];
            PacketInfo info = FindPacketInfo(in message.Header);
            return new UdpPacket(
                new ReadOnlySpan<byte>(_data + (index * _slotBytes), (int)message.Length),
                UdpSocket.FromNative(in _addresses[index]),
                new Ipv4Address(BinaryPrimitives.ReverseEndianness(info.LocalAddress)),
                new Ipv4Address(BinaryPrimitives.ReverseEndianness(info.HeaderDestination)),
                info.InterfaceIndex,
                (message.Header.Flags & Libc.MsgTruncated) != 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _count = 0;
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_addresses);
        NativeMemory.Free(_control);
        NativeMemory.Free(_data);
    }

    private static PacketInfo FindPacketInfo(in Message message)
    {
        // IP_PKTINFO is the only control message that these sockets ask for, so it is the first if there is any.
        var header = (ControlHeader*)message.Control;
        bool present = (int)message.ControlLength >= Libc.AlignControl(sizeof(ControlHeader)) + sizeof(PacketInfo)
            && header->Level == Libc.IpProtoIp && header->Type == Libc.IpPacketInfo;
        return present ? *(PacketInfo*)((byte*)header + Libc.AlignControl(sizeof(ControlHeader))) : default;
    }

    private void Reset(int index)
    {
        _messages[index].Header.NameLength = (uint)sizeof(SocketAddress);
        _messages[index].Header.ControlLength = ControlBytes;
    }
}
