using System.Runtime.InteropServices;
using Bramble.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Files;

/// <summary>
/// Reads any open descriptor by read(2). The base library's own stream asks for the kind of file first, and takes a block device to be
/// empty.
/// </summary>
internal sealed class DescriptorStream(SafeFileHandle file) : ForwardStream
{
    /// <summary>A pipe may be silent for long: nobody's thread waits for it but one of the pool's, and cancelling waits for the next bytes at most a moment.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!await Task.Run(() => WaitReadable(200), cancellationToken))
            cancellationToken.ThrowIfCancellationRequested();
        return await Task.Run(() => Read(buffer.Span), cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            while (true)
            {
                nint read = Libc.Read(file, pointer, (nuint)buffer.Length);
                if (read >= 0)
                    return (int)read;
                if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                    throw SystemCallException.Last("read");
            }
        }
    }

    private unsafe bool WaitReadable(int milliseconds)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            PollFd poll = new() { Fd = (int)file.DangerousGetHandle(), Events = Libc.PollIn };
            // An end or an error is for read to tell.
            return Libc.Poll(&poll, 1, milliseconds) != 0;
        }
        finally
        {
            if (isHeld)
                file.DangerousRelease();
        }
    }
}
