using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Bramble.Linux.Native;

namespace Bramble.VirtualPi.Link;

/// <summary>
/// A promiscuous AF_PACKET socket (packet(7)) on one interface: frames go out with any source MAC, so several boards
/// can share an interface. Needs CAP_NET_RAW. The interface needs no address; it must be up and must not be the
/// bridge itself that the server's address is on, because what is sent there leaves by the ports and never reaches
/// the host: use one end of a veth pair whose other end is in the bridge (or holds the server's address).
/// </summary>
internal sealed class PacketSocket : IDisposable
{
    private const uint ChecksumNotReady = 1 << 3;
    private const ushort AllProtocols = 3;

    private readonly int _fd;
    private readonly byte[] _buffer = new byte[65536];

    private PacketSocket(int fd) => _fd = fd;

    /// <summary>Opens the interface.</summary>
    /// <exception cref="InvalidOperationException">There is no such interface.</exception>
    /// <exception cref="Win32Exception">The system refuses (CAP_NET_RAW is missing).</exception>
    public static unsafe PacketSocket Open(string name)
    {
        uint index = Libc.InterfaceNameToIndex(name);
        if (index == 0)
        {
            throw new InvalidOperationException($"There is no network interface '{name}'.");
        }

        int fd = Check(Libc.Socket(Libc.AddressFamilyPacket, Libc.SockRaw | Libc.SockCloseOnExec, 0), "socket(AF_PACKET)");
        var address = new LinkAddress
        {
            Family = Libc.AddressFamilyPacket,
            Protocol = BinaryPrimitives.ReverseEndianness(AllProtocols),
            InterfaceIndex = (int)index,
        };
        Check(Libc.Bind(fd, &address, (uint)sizeof(LinkAddress)), $"bind to {name}");
        var membership = new PacketMembership { InterfaceIndex = (int)index, Type = PacketMembership.Promiscuous };
        uint length = (uint)sizeof(PacketMembership);
        Check(Libc.SetSocketOption(fd, Libc.SolPacket, Libc.PacketAddMembership, &membership, length), "PACKET_ADD_MEMBERSHIP");
        int value = 1;
        Check(Libc.SetSocketOption(fd, Libc.SolPacket, Libc.PacketAuxiliaryData, &value, sizeof(int)), "PACKET_AUXDATA");
        // The force variant passes net.core.rmem_max but needs CAP_NET_ADMIN.
        value = 32 << 20;
        if (Libc.SetSocketOption(fd, Libc.SolSocket, Libc.SoReceiveBufferForce, &value, sizeof(int)) < 0)
        {
            Check(Libc.SetSocketOption(fd, Libc.SolSocket, Libc.SoReceiveBuffer, &value, sizeof(int)), "SO_RCVBUF");
        }

        return new PacketSocket(fd);
    }

    /// <summary>Sends one frame. A full queue or an interface that is down loses it, as a cable would.</summary>
    public unsafe void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* p = frame)
        {
            _ = Libc.Send(_fd, p, (nuint)frame.Length, 0);
        }
    }

    /// <summary>Waits until a frame is there, at most <paramref name="time"/>.</summary>
    public unsafe bool Wait(TimeSpan time)
    {
        var poll = new PollFd { Fd = _fd, Events = Libc.PollIn };
        int milliseconds = (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, 1000);
        return Libc.Poll(&poll, 1, milliseconds) > 0;
    }

    /// <summary>Takes the next frame without waiting; false when there is none.</summary>
    /// <param name="frame">The frame; good until the next call.</param>
    /// <param name="checksumReady">False when a local sender left the UDP checksum to a network card.</param>
    public unsafe bool TryReceive(out ReadOnlySpan<byte> frame, out bool checksumReady)
    {
        frame = default;
        checksumReady = true;
        byte* control = stackalloc byte[256];
        while (true)
        {
            LinkAddress from = default;
            nint length;
            fixed (byte* p = _buffer)
            {
                var iov = new IoVector { Base = p, Length = (nuint)_buffer.Length };
                var message = new Message
                {
                    Name = &from,
                    NameLength = (uint)sizeof(LinkAddress),
                    Vectors = &iov,
                    VectorCount = 1,
                    Control = control,
                    ControlLength = 256,
                };
                length = Libc.Receive(_fd, &message, Libc.MsgDontWait);
                if (length >= 0 && message.ControlLength >= (nuint)(sizeof(ControlHeader) + sizeof(uint)))
                {
                    var header = (ControlHeader*)control;
                    checksumReady = header->Level != Libc.SolPacket || header->Type != Libc.PacketAuxiliaryData
                        || (*(uint*)(control + sizeof(ControlHeader)) & ChecksumNotReady) == 0;
                }
            }

            if (length < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == Errno.Interrupted)
                {
                    continue;
                }

                return error == Errno.Again ? false : throw new Win32Exception(error, $"recvmsg: {Marshal.GetPInvokeErrorMessage(error)}");
            }

            // What this machine's own programs send on the interface is not on the wire towards the board.
            if (from.PacketType == LinkAddress.Outgoing)
            {
                continue;
            }

            frame = _buffer.AsSpan(0, (int)length);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_fd);

    private static int Check(int result, string what)
    {
        if (result >= 0)
        {
            return result;
        }

        int error = Marshal.GetLastPInvokeError();
        throw new Win32Exception(error, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
    }
}
