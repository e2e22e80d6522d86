using System.Runtime.InteropServices;

namespace Bramble.Linux.Files;

/// <summary>An open regular file, read by offset. Closing is final; reads and <see cref="Dispose"/> must not run at once.</summary>
public sealed unsafe class BeneathFile : IDisposable
{
    private int _fd;

    internal BeneathFile(int fd, BeneathFileStatus status)
    {
        _fd = fd;
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
                nint n = BeneathNative.ReadAt(_fd, pointer + total, (nuint)(destination.Length - total), offset + total);
                if (n < 0 && Marshal.GetLastPInvokeError() == BeneathNative.ErrorInterrupted)
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
    public bool IsUnchanged() => TryGetStatus(_fd, out BeneathFileStatus status, out _)
        && status.Length == Status.Length && status.ModifiedNanoseconds == Status.ModifiedNanoseconds;

    /// <inheritdoc/>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            _ = BeneathNative.Close(fd);
        }
    }

    internal static bool TryGetStatus(int fd, out BeneathFileStatus status, out bool isRegular)
    {
        BeneathNative.StatxResult result;
        byte empty = 0;
        if (BeneathNative.Statx(fd, &empty, BeneathNative.AtEmptyPath, BeneathNative.StatxBasic, &result) < 0)
        {
            status = default;
            isRegular = false;
            return false;
        }

        isRegular = (result.Mode & BeneathNative.ModeTypeMask) == BeneathNative.ModeRegular;
        status = new BeneathFileStatus(
            ((ulong)result.DeviceMajor << 32) | result.DeviceMinor,
            result.Inode,
            (long)result.Size,
            Nanoseconds(result.Modified),
            Nanoseconds(result.Changed));
        return true;
    }

    private static long Nanoseconds(BeneathNative.StatxTime time) => unchecked((time.Seconds * 1_000_000_000) + time.Nanoseconds);
}
