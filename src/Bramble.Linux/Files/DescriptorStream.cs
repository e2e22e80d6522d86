using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Linux.Files;

/// <summary>
/// Reads any open descriptor by read(2). The base library's own stream asks for the kind of file first, and takes a block device to be empty.
/// </summary>
internal sealed class DescriptorStream(SafeFileHandle file) : Stream
{
    private const int Interrupted = 4;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A pipe may be silent for long: nobody's thread waits for it but one of the pool's, and cancelling waits for the next bytes at most a moment.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!await Task.Run(() => WaitReadable(200), cancellationToken).ConfigureAwait(false))
            cancellationToken.ThrowIfCancellationRequested();
        return await Task.Run(() => Read(buffer.Span), cancellationToken).ConfigureAwait(false);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override unsafe int Read(Span<byte> buffer)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            while (true)
            {
                fixed (byte* pointer = buffer)
                {
                    nint read = Syscalls.Read((int)file.DangerousGetHandle(), pointer, (nuint)buffer.Length);
                    if (read >= 0)
                        return (int)read;
                    if (Marshal.GetLastPInvokeError() != Interrupted)
                        throw SystemCallException.Last("read");
                }
            }
        }
        finally
        {
            if (isHeld)
                file.DangerousRelease();
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private unsafe bool WaitReadable(int milliseconds)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            PollFd poll = new() { Fd = (int)file.DangerousGetHandle(), Events = 1 };
            // An end or an error is for read to tell.
            return Syscalls.Poll(&poll, 1, milliseconds) != 0;
        }
        finally
        {
            if (isHeld)
                file.DangerousRelease();
        }
    }
}
