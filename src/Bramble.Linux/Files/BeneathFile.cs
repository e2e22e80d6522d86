using System.Runtime.InteropServices;
using Bramble.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Files;

/// <summary>An open regular file, read by offset.</summary>
public sealed unsafe class BeneathFile : IDisposable
{
    private readonly SafeFileHandle _file;

    internal BeneathFile(SafeFileHandle file, BeneathFileStatus status)
    {
        _file = file;
        Status = status;
    }

    /// <summary>The version of the file when it was opened.</summary>
    public BeneathFileStatus Status { get; }

    /// <summary>Reads at an offset until <paramref name="destination"/> is full or the file ends.</summary>
    /// <returns>The number of bytes, or -1 for an input/output error.</returns>
    public int ReadAt(long offset, Span<byte> destination)
    {
        int total = 0;
        fixed (byte* pointer = destination)
        {
            while (total < destination.Length)
            {
                nint n = Libc.ReadAt(_file, pointer + total, (nuint)(destination.Length - total), offset + total);
                if (n < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted)
                {
                    continue;
                }

                if (n <= 0)
                {
                    return n < 0 ? -1 : total;
                }

                total += (int)n;
            }
        }

        return total;
    }

    /// <summary>
    /// True if the bytes are still those that were opened: nobody wrote to the file in place or cut it. A rename over it or its
    /// removal leave them as they are (and change only <see cref="BeneathFileStatus.ChangedNanoseconds"/>).
    /// </summary>
    public bool IsUnchanged() => TryGetStatus(_file, out BeneathFileStatus status, out _)
        && status.Length == Status.Length && status.ModifiedNanoseconds == Status.ModifiedNanoseconds;

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal static bool TryGetStatus(SafeFileHandle file, out BeneathFileStatus status, out bool isRegular)
    {
        StatxResult result;
        if (Libc.Statx(file, "", Libc.AtEmptyPath, Libc.StatxBasic, &result) < 0)
        {
            status = default;
            isRegular = false;
            return false;
        }

        isRegular = result.IsRegular;
        status = new BeneathFileStatus(
            ((ulong)result.DeviceMajor << 32) | result.DeviceMinor,
            result.Inode,
            (long)result.Size,
            result.Modified.Nanoseconds,
            result.Changed.Nanoseconds);
        return true;
    }
}
