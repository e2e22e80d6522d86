using System.Runtime.InteropServices;

namespace Bramble.Linux.Files;

/// <summary>The system calls behind <see cref="BeneathDirectory"/> and <see cref="BeneathFile"/>.</summary>
internal static unsafe partial class BeneathNative
{
    internal const int OpenReadOnly = 0;
    internal const int OpenNoTty = 0x100;
    internal const int OpenNonBlock = 0x800;
    internal const int OpenCloseOnExec = 0x80000;
    internal const int OpenPath = 0x200000;

    internal const ulong ResolveNoMagicLinks = 0x02;
    internal const ulong ResolveBeneath = 0x08;

    internal const int AtEmptyPath = 0x1000;
    internal const uint StatxBasic = 0x7ff;
    internal const int ModeTypeMask = 0xF000;
    internal const int ModeRegular = 0x8000;

    internal const int ErrorPermission = 1;
    internal const int ErrorNoEntry = 2;
    internal const int ErrorInterrupted = 4;
    internal const int ErrorAgain = 11;
    internal const int ErrorAccess = 13;
    internal const int ErrorCrossDevice = 18;
    internal const int ErrorNotDirectory = 20;
    internal const int ErrorIsDirectory = 21;
    internal const int ErrorNoDeviceOrAddress = 6;
    internal const int ErrorNameTooLong = 36;
    internal const int ErrorNoSystemCall = 38;
    internal const int ErrorLoop = 40;

    internal const int AdviseSequential = 2;

    /// <summary>openat2 has the same number on every architecture; libc has no wrapper for it.</summary>
    internal const nint SysOpenAt2 = 437;

    private const string Libc = "libc";

    /// <summary>O_DIRECTORY differs between the architectures.</summary>
    internal static int OpenDirectory => RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x4000 : 0x10000;

    /// <summary>O_NOFOLLOW differs too.</summary>
    internal static int OpenNoFollow => RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x8000 : 0x20000;

    [LibraryImport(Libc, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenAt(int directory, string path, int flags, int mode);

    [LibraryImport(Libc, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ReadLinkAt(int directory, string path, byte* text, nuint length);

    [LibraryImport(Libc, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport(Libc, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint OpenAt2(nint number, nint directory, string path, OpenHow* how, nuint size);

    [LibraryImport(Libc, EntryPoint = "statx", SetLastError = true)]
    internal static partial int Statx(int fd, byte* path, int flags, uint mask, StatxResult* result);

    [LibraryImport(Libc, EntryPoint = "pread64", SetLastError = true)]
    internal static partial nint ReadAt(int fd, void* buffer, nuint count, long offset);

    [LibraryImport(Libc, EntryPoint = "posix_fadvise64")]
    internal static partial int Advise(int fd, long offset, long length, int advice);

    [LibraryImport(Libc, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int fd);

    /// <summary><c>struct open_how</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenHow
    {
        internal ulong Flags;
        internal ulong Mode;
        internal ulong Resolve;
    }

    /// <summary><c>struct statx_timestamp</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct StatxTime
    {
        internal long Seconds;
        internal uint Nanoseconds;
        internal int Reserved;
    }

    /// <summary><c>struct statx</c>, 256 bytes, the same on every architecture.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct StatxResult
    {
        internal uint Mask;
        internal uint BlockSize;
        internal ulong Attributes;
        internal uint LinkCount;
        internal uint UserId;
        internal uint GroupId;
        internal ushort Mode;
        internal ushort Spare;
        internal ulong Inode;
        internal ulong Size;
        internal ulong Blocks;
        internal ulong AttributesMask;
        internal StatxTime Accessed;
        internal StatxTime Born;
        internal StatxTime Changed;
        internal StatxTime Modified;
        internal uint DeviceOfNodeMajor;
        internal uint DeviceOfNodeMinor;
        internal uint DeviceMajor;
        internal uint DeviceMinor;
    }
}
