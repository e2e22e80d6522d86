using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Native;

/// <summary>
/// The system calls that the base library does not have, as the C library offers them. Numbers are those of the Linux headers
/// (<c>include/uapi</c>) for 64-bit x86 and Arm. Failed calls leave their <see cref="Errno"/> in <see cref="Marshal.GetLastPInvokeError"/>.
/// </summary>
internal static unsafe partial class Libc
{
    internal const int AtFdCwd = -100;
    internal const int AtSymlinkNofollow = 0x100;
    internal const int AtRemoveDir = 0x200;
    internal const int AtEmptyPath = 0x1000;

    internal const int OpenReadOnly = 0;
    internal const int OpenWriteOnly = 1;
    internal const int OpenReadWrite = 2;
    internal const int OpenCreate = 0x40;
    internal const int OpenExclusive = 0x80;
    internal const int OpenNoTty = 0x100;
    internal const int OpenNonBlock = 0x800;
    internal const int OpenCloseOnExec = 0x80000;
    internal const int OpenPath = 0x200000;

    internal const ulong ResolveNoMagicLinks = 0x02;
    internal const ulong ResolveInRoot = 0x10;
    internal const uint RenameExchange = 2;
    internal const uint StatxBasic = 0x7ff;
    internal const int AdviseSequential = 2;
    private const int DuplicateCloseOnExec = 1030;
    internal const int SeekSet = 0;
    internal const int SeekCurrent = 1;
    internal const int SeekEnd = 2;

    internal const short PollIn = 1;
    internal const short PollOut = 4;

    internal const int AddressFamilyInet = 2;
    internal const int AddressFamilyNetlink = 16;
    internal const int AddressFamilyPacket = 17;
    internal const int SockDgram = 2;
    internal const int SockRaw = 3;
    internal const int SockNonBlock = 0x800;
    internal const int SockCloseOnExec = 0x80000;

    internal const int SolSocket = 1;
    internal const int SoBroadcast = 6;
    internal const int SoSendBuffer = 7;
    internal const int SoReceiveBuffer = 8;
    internal const int SoReusePort = 15;
    internal const int SoBindToDevice = 25;
    internal const int SoAttachFilter = 26;
    internal const int SoSendBufferForce = 32;
    internal const int SoReceiveBufferForce = 33;

    internal const int SolPacket = 263;
    internal const int PacketAddMembership = 1;
    internal const int PacketAuxiliaryData = 8;
    internal const int SolUdp = 17;
    internal const int UdpSegment = 103;
    internal const int IpProtoIp = 0;
    internal const int IpPacketInfo = 8;
    internal const int IpMtuDiscover = 10;
    internal const int IpPmtuDiscDont = 0;

    internal const int MsgProbe = 0x10;
    internal const int MsgTruncated = 0x20;
    internal const int MsgDontWait = 0x40;
    internal const int MsgConfirm = 0x800;

    internal const int PrctlSetName = 15;

    private const string Library = "libc";
    private const long SysOpenAt2 = 437;

    /// <summary>O_DIRECTORY and O_NOFOLLOW are two of the few flags whose numbers differ between x86 and Arm.</summary>
    internal static int OpenDirectory { get; } = IsArm ? 0x4000 : 0x10000;

    internal static int OpenNoFollow { get; } = IsArm ? 0x8000 : 0x20000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    // Files

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, uint mode);

    /// <summary>open(2). The handle is invalid if it fails.</summary>
    internal static SafeFileHandle OpenHandle(string path, int flags) => ToHandle(Open(path, flags, 0));

    /// <summary>openat(2). The handle is invalid if it fails.</summary>
    internal static SafeFileHandle OpenAt(SafeFileHandle folder, string path, int flags, uint mode = 0) =>
        ToHandle(OpenAtRaw(folder, path, flags, mode));

    /// <summary>openat2(2), for which the C library of Debian 12 has no wrapper. The handle is invalid if it fails.</summary>
    internal static SafeFileHandle OpenAt2(SafeFileHandle folder, string path, int flags, ulong resolve)
    {
        OpenHow how = new() { Flags = (ulong)(uint)flags, Resolve = resolve };
        return ToHandle((int)OpenAt2Raw(SysOpenAt2, folder, path, &how, (nuint)sizeof(OpenHow)));
    }

    /// <summary>Another descriptor of an open file, closed on exec(2). The handle is invalid if it fails.</summary>
    internal static SafeFileHandle Duplicate(int fd) => ToHandle(Fcntl(fd, DuplicateCloseOnExec, 0));

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(int fd, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(SafeFileHandle file, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "pread64", SetLastError = true)]
    internal static partial nint ReadAt(SafeFileHandle file, void* buffer, nuint length, long offset);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(int fd, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    internal static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport(Library, EntryPoint = "posix_fadvise64")]
    internal static partial int Advise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Fsync(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    internal static partial int Syncfs(SafeFileHandle file);

    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int Fchmod(SafeFileHandle file, uint mode);

    [LibraryImport(Library, EntryPoint = "fchown", SetLastError = true)]
    internal static partial int Fchown(SafeFileHandle file, uint user, uint group);

    [LibraryImport(Library, EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Chown(string path, uint user, uint group);

    [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MkdirAt(SafeFileHandle folder, string name, uint mode);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int UnlinkAt(SafeFileHandle folder, string name, int flags);

    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string from, string to);

    [LibraryImport(Library, EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RenameAt(SafeFileHandle oldFolder, string oldName, SafeFileHandle newFolder, string newName);

    [LibraryImport(Library, EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RenameAt2(int oldFolder, string oldName, int newFolder, string newName, uint flags);

    [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SymlinkAt(string target, SafeFileHandle folder, string name);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ReadLinkAt(SafeFileHandle folder, string name, byte* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Statx(int folder, string path, int flags, uint mask, StatxResult* result);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Statx(SafeFileHandle folder, string path, int flags, uint mask, StatxResult* result);

    [LibraryImport(Library, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport(Library, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Umount(string target, int flags);

    // Devices, events, threads

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(int fd, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(int fd, nuint request, nint argument);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(SafeFileHandle file, nuint request, void* argument);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(SafeFileHandle file, nuint request, nint argument);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollFd* files, nuint count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventFd(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "prctl", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Prctl(int option, string value, nint third, nint fourth, nint fifth);

    // Network

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "bind", SetLastError = true)]
    internal static partial int Bind(int fd, void* address, uint length);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int GetSocketName(int fd, SocketAddress* address, uint* length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetSocketOption(int fd, int level, int name, void* value, uint length);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(int fd, void* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    internal static partial nint Receive(int fd, Message* message, int flags);

    [LibraryImport(Library, EntryPoint = "recvmmsg", SetLastError = true)]
    internal static partial int ReceiveMany(int fd, MultiMessage* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(int fd, void* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(int fd, void* data, nuint length, int flags, SocketAddress* address, uint addressLength);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    internal static partial nint Send(int fd, Message* message, int flags);

    [LibraryImport(Library, EntryPoint = "sendmmsg", SetLastError = true)]
    internal static partial int SendMany(int fd, MultiMessage* messages, uint count, int flags);

    [LibraryImport(Library, EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint InterfaceNameToIndex(string name);

    [LibraryImport(Library, EntryPoint = "getifaddrs", SetLastError = true)]
    internal static partial int GetInterfaceAddresses(InterfaceAddress** first);

    [LibraryImport(Library, EntryPoint = "freeifaddrs")]
    internal static partial void FreeInterfaceAddresses(InterfaceAddress* first);

    /// <summary><c>CMSG_ALIGN</c>.</summary>
    internal static int AlignControl(int length) => (length + sizeof(nuint) - 1) & ~(sizeof(nuint) - 1);

    /// <summary><c>CMSG_SPACE</c>.</summary>
    internal static int ControlSpace(int length) => AlignControl(sizeof(ControlHeader)) + AlignControl(length);

    // These functions return a C int, of which a marshalled SafeHandle would read 32 undefined bits more.
    private static SafeFileHandle ToHandle(int fd) => new(fd, ownsHandle: true);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAtRaw(SafeFileHandle folder, string path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int fd, int command, nint argument);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenAt2Raw(long number, SafeFileHandle folder, string path, OpenHow* how, nuint size);

    /// <summary><c>struct open_how</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
