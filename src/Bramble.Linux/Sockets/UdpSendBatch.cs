using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Bramble.Linux.Native;
using Bramble.Linux.Net;

namespace Bramble.Linux.Sockets;

/// <summary>
/// Datagrams gathered for one sendmmsg call, in buffers that are reused for every call. A message may hold several datagrams
/// of equal size for one receiver (UDP_SEGMENT), which the kernel or the network card cuts apart. Belongs to one loop.
/// </summary>
public sealed unsafe class UdpSendBatch : IDisposable
{
    /// <summary>Most datagrams in one segmented message (UDP_MAX_SEGMENTS of all kernels).</summary>
    public const int MaxSegments = 64;

    /// <summary>Longest message in bytes, segmented or not.</summary>
    public const int MaxMessageBytes = 65507;

    private const int ControlBytes = 64;
    private const int MostRefusedInARow = 64;

    private readonly int _capacity;
    private readonly int _arenaBytes;
    private readonly byte* _arena;
    private readonly byte* _control;
    private readonly ushort[] _segmentSizes;
    private readonly SocketAddress* _addresses;
    private readonly IoVector* _vectors;
    private readonly MultiMessage* _messages;
    private int _count;
    private int _used;
    private int _refusedInARow;
    private bool _disposed;

    /// <summary>Allocates the buffers.</summary>
    /// <param name="capacity">Messages a call.</param>
    /// <param name="arenaBytes">Bytes a call, at least <see cref="MaxMessageBytes"/>.</param>
    public UdpSendBatch(int capacity, int arenaBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(arenaBytes, MaxMessageBytes);
        _capacity = capacity;
        _arenaBytes = arenaBytes;
        _arena = (byte*)NativeMemory.AllocZeroed((nuint)arenaBytes);
        _control = (byte*)NativeMemory.AllocZeroed((nuint)(capacity * ControlBytes));
        _segmentSizes = new ushort[capacity];
        _addresses = (SocketAddress*)NativeMemory.AllocZeroed((nuint)(capacity * sizeof(SocketAddress)));
        _vectors = (IoVector*)NativeMemory.AllocZeroed((nuint)(capacity * sizeof(IoVector)));
        _messages = (MultiMessage*)NativeMemory.AllocZeroed((nuint)(capacity * sizeof(MultiMessage)));
        for (int i = 0; i < capacity; i++)
        {
            _messages[i].Header.Name = _addresses + i;
            _messages[i].Header.NameLength = (uint)sizeof(SocketAddress);
            _messages[i].Header.Vectors = _vectors + i;
            _messages[i].Header.VectorCount = 1;
            _messages[i].Header.Control = _control + (i * ControlBytes);
        }
    }

    /// <summary>Messages gathered.</summary>
    public int Count => _count;

    /// <summary>Messages that the kernel refused since the start.</summary>
    public long Failures { get; private set; }

    /// <summary>
    /// False once the kernel refused many segmented messages in a row: it cannot do it, and callers should stop to ask for it. Refusals in
    /// between may come from one path with a small MTU; their datagrams are sent one by one.
    /// </summary>
    public bool SegmentationWorks => _refusedInARow < MostRefusedInARow;

    /// <summary>True if a message of that many bytes still fits; else <see cref="Flush"/> first.</summary>
    public bool HasRoom(int bytes) => _count < _capacity && bytes <= _arenaBytes - _used;

    /// <summary>The place to write the next message to. It counts only when committed.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (!HasRoom(bytes))
        {
            ThrowFull();
        }

        return new Span<byte>(_arena + _used, bytes);
    }

    /// <summary>Adds the message that was written to the reserved place.</summary>
    /// <param name="bytes">Its length.</param>
    /// <param name="destination">Who gets it.</param>
    /// <param name="source">The address of this machine that it comes from; <see cref="Ipv4Address.Any"/> lets the kernel choose.</param>
    /// <param name="segmentBytes">If not 0: cut the message into datagrams of this size, the last one may be shorter.</param>
    public void Commit(int bytes, UdpEndpoint destination, Ipv4Address source, int segmentBytes = 0)
    {
        if (!HasRoom(bytes))
        {
            ThrowFull();
        }

        int i = _count++;
        _addresses[i] = UdpSocket.ToNative(destination);
        _vectors[i].Base = _arena + _used;
        _vectors[i].Length = (nuint)bytes;
        _used += bytes;
        _segmentSizes[i] = (ushort)segmentBytes;
        WriteControl(i, source, segmentBytes);
    }

    /// <summary>Sends everything and empties the batch. What the kernel refuses is counted and dropped: UDP may lose packets, and timers mend it.</summary>
    public void Flush(UdpSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        int next = 0;
        bool waited = false;
        while (next < _count)
        {
            int sent = MultiSend.Send(socket.Descriptor, _messages + next, _count - next, ref waited, out int error);
            if (sent > 0)
            {
                for (int i = next; _refusedInARow > 0 && SegmentationWorks && i < next + sent; i++)
                {
                    _refusedInARow = _segmentSizes[i] != 0 ? 0 : _refusedInARow;
                }

                next += sent;
                waited = false;
                continue;
            }

            if (_segmentSizes[next] != 0 && error is Errno.Invalid or Errno.Io or Errno.MessageSize)
            {
                _refusedInARow++;
                SendSegmentsApart(socket, next);
            }
            else
            {
                Failures++;
            }

            next++;
        }

        _count = 0;
        _used = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _count = _capacity;
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_addresses);
        NativeMemory.Free(_control);
        NativeMemory.Free(_arena);
    }

    private static void ThrowFull() => throw new InvalidOperationException("The send batch is full: flush it before more is added.");

    private void WriteControl(int index, Ipv4Address source, int segmentBytes)
    {
        byte* start = _control + (index * ControlBytes);
        byte* at = start;
        int headerBytes = Libc.AlignControl(sizeof(ControlHeader));
        if (!source.IsAny)
        {
            var header = (ControlHeader*)at;
            header->Length = (nuint)(headerBytes + sizeof(PacketInfo));
            header->Level = Libc.IpProtoIp;
            header->Type = Libc.IpPacketInfo;
            var info = (PacketInfo*)(at + headerBytes);
            *info = new PacketInfo { LocalAddress = BinaryPrimitives.ReverseEndianness(source.Value) };
            at += Libc.ControlSpace(sizeof(PacketInfo));
        }

        if (segmentBytes != 0)
        {
            var header = (ControlHeader*)at;
            header->Length = (nuint)(headerBytes + sizeof(ushort));
            header->Level = Libc.SolUdp;
            header->Type = Libc.UdpSegment;
            *(ushort*)(at + headerBytes) = (ushort)segmentBytes;
            at += Libc.ControlSpace(sizeof(ushort));
        }

        _messages[index].Header.ControlLength = (nuint)(at - start);
    }

    private void SendSegmentsApart(UdpSocket socket, int index)
    {
        Message message = _messages[index].Header;
        IoVector vector = _vectors[index];
        message.Vectors = &vector;
        int withoutSegment = (int)message.ControlLength - Libc.ControlSpace(sizeof(ushort));
        message.ControlLength = (nuint)withoutSegment;
        int segment = _segmentSizes[index];
        int total = (int)_vectors[index].Length;
        for (int offset = 0; offset < total; offset += segment)
        {
            vector.Base = (byte*)_vectors[index].Base + offset;
            vector.Length = (nuint)Math.Min(segment, total - offset);
            if (Libc.Send(socket.Descriptor, &message, Libc.MsgDontWait) < 0)
            {
                Failures++;
            }
        }
    }
}
