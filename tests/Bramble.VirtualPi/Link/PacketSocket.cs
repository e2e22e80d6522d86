using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Bramble.VirtualPi.Link;

/// <summary>
/// A promiscuous AF_PACKET socket (packet(7)) on one interface: frames go out with any source MAC, so several boards
/// can share an interface. Needs CAP_NET_RAW. The interface needs no address; it must be up and must not be the
/// bridge itself that the server's address is on, because what is sent there leaves by the ports and never reaches
/// the host: use one end of a veth pair whose other end is in the bridge (or holds the server's address).
/// </summary>
internal sealed partial class PacketSocket : IDisposable
{
    private const int AfPacket = 17;
    private const int SockRaw = 3;
    private const int SockCloexec = 0x80000;
    private const int EthPAll = 3;
    private const int SolPacket = 263;
    private const int PacketAddMembership = 1;
    private const int PacketAuxdata = 8;
    private const int PacketMrPromisc = 1;
    private const int SolSocket = 1;
    private const int SoRcvbuf = 8;
    private const int SoRcvbufForce = 33;
    private const int MsgDontwait = 0x40;
    private const uint ChecksumNotReady = 1 << 3;
    private const byte PacketOutgoing = 4;
    private const int Eagain = 11;
    private const int Eintr = 4;

    private readonly int _fd;
    private readonly byte[] _buffer = new byte[65536];

    private PacketSocket(int fd) => _fd = fd;

    /// <summary>Opens the interface.</summary>
    /// <exception cref="InvalidOperationException">There is no such interface.</exception>
    /// <exception cref="Win32Exception">The system refuses (CAP_NET_RAW is missing).</exception>
    public static unsafe PacketSocket Open(string name)
    {
        uint index = IfNameToIndex(name);
        if (index == 0)
        {
            throw new InvalidOperationException($"There is no network interface '{name}'.");
        }

        int fd = Check(Socket(AfPacket, SockRaw | SockCloexec, 0), "socket(AF_PACKET)");
        var address = new SockaddrLl { Family = AfPacket, Protocol = (ushort)((EthPAll << 8) | (EthPAll >> 8)), Index = (int)index };
        Check(Bind(fd, &address, sizeof(SockaddrLl)), $"bind to {name}");
        var membership = new PacketMreq { Index = (int)index, Type = PacketMrPromisc };
        Check(SetSockOpt(fd, SolPacket, PacketAddMembership, &membership, sizeof(PacketMreq)), "PACKET_ADD_MEMBERSHIP");
        int value = 1;
        Check(SetSockOpt(fd, SolPacket, PacketAuxdata, &value, sizeof(int)), "PACKET_AUXDATA");
        // The force variant passes net.core.rmem_max but needs CAP_NET_ADMIN.
        value = 32 << 20;
        if (SetSockOpt(fd, SolSocket, SoRcvbufForce, &value, sizeof(int)) < 0)
        {
            Check(SetSockOpt(fd, SolSocket, SoRcvbuf, &value, sizeof(int)), "SO_RCVBUF");
        }

        return new PacketSocket(fd);
    }

    /// <summary>Sends one frame. A full queue or an interface that is down loses it, as a cable would.</summary>
    public unsafe void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* p = frame)
        {
            _ = Send(_fd, p, (nuint)frame.Length, 0);
        }
    }

    /// <summary>Waits until a frame is there, at most <paramref name="time"/>.</summary>
    public unsafe bool Wait(TimeSpan time)
    {
        var poll = new PollFd { Fd = _fd, Events = 1 };
        int milliseconds = (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, 1000);
        return Poll(&poll, 1, milliseconds) > 0;
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
            SockaddrLl from = default;
            nint length;
            fixed (byte* p = _buffer)
            {
                var iov = new IoVec { Base = p, Length = (nuint)_buffer.Length };
                var message = new MsgHdr
                {
                    Name = &from,
                    NameLength = (uint)sizeof(SockaddrLl),
                    Iov = &iov,
                    IovLength = 1,
                    Control = control,
                    ControlLength = 256,
                };
                length = RecvMsg(_fd, &message, MsgDontwait);
                if (length >= 0 && message.ControlLength >= (nuint)(sizeof(CmsgHdr) + sizeof(uint)))
                {
                    var header = (CmsgHdr*)control;
                    checksumReady = header->Level != SolPacket || header->Type != PacketAuxdata
                        || (*(uint*)(control + sizeof(CmsgHdr)) & ChecksumNotReady) == 0;
                }
            }

            if (length < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == Eintr)
                {
                    continue;
                }

                return error == Eagain ? false : throw new Win32Exception(error, $"recvmsg: {Marshal.GetPInvokeErrorMessage(error)}");
            }

            // What this machine's own programs send on the interface is not on the wire towards the board.
            if (from.PacketType == PacketOutgoing)
            {
                continue;
            }

            frame = _buffer.AsSpan(0, (int)length);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Close(_fd);

    private static int Check(int result, string what)
    {
        if (result >= 0)
        {
            return result;
        }

        int error = Marshal.GetLastPInvokeError();
        throw new Win32Exception(error, $"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint IfNameToIndex(string name);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static unsafe partial int Bind(int fd, SockaddrLl* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static unsafe partial int SetSockOpt(int fd, int level, int name, void* value, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint Send(int fd, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static unsafe partial nint RecvMsg(int fd, MsgHdr* message, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int Poll(PollFd* fds, nuint count, int timeout);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    [StructLayout(LayoutKind.Sequential)]
    private struct SockaddrLl
    {
        public ushort Family;
        public ushort Protocol;
        public int Index;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PacketMreq
    {
        public int Index;
        public ushort Type;
        public ushort AddressLength;
        public ulong Address;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct IoVec
    {
        public void* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct MsgHdr
    {
        public void* Name;
        public uint NameLength;
        public IoVec* Iov;
        public nuint IovLength;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct CmsgHdr
    {
        public nuint Length;
        public int Level;
        public int Type;
    }
}
