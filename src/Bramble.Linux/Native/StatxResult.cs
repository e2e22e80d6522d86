using System.Runtime.InteropServices;

namespace Bramble.Linux.Native;

/// <summary><c>struct statx</c>, 256 bytes, the same on every architecture.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal struct StatxResult
{
    private const int TypeMask = 0xf000;
    private const int RegularType = 0x8000;

    internal uint Mask;
    internal uint BlockSize;
    internal ulong Attributes;
    internal uint LinkCount;
    internal uint User;
    internal uint Group;
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

    /// <summary>The file type, as in <c>S_IFMT</c>.</summary>
    internal readonly int Type => Mode & TypeMask;

    internal readonly bool IsRegular => Type == RegularType;

    /// <summary><c>struct statx_timestamp</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct StatxTime
    {
        internal long Seconds;
        internal uint Fraction;
        internal int Reserved;

        /// <summary>Since 1970.</summary>
        internal readonly long Nanoseconds => unchecked((Seconds * 1_000_000_000) + Fraction);
    }
}
