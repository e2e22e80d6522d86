using Bramble.Linux.Devices;
using Bramble.Linux.Files;
using Bramble.Linux.Native;

namespace Bramble.Linux.I2c;

/// <summary>A bus of the kernel's i2c-dev, <c>/dev/i2c-N</c> (Documentation/i2c/dev-interface.rst).</summary>
public sealed unsafe class I2cBus : II2cBus
{
    private const nuint SetSlave = 0x0703;

    private readonly string _path;
    private int _fd;
    private int _address = -1;

    private I2cBus(string path, int fd) => (_path, _fd) = (path, fd);

    /// <summary>Opens a bus.</summary>
    /// <param name="number">The N of <c>/dev/i2c-N</c>.</param>
    /// <exception cref="SystemCallException">There is no such bus, or no right to use it.</exception>
    public static I2cBus Open(int number)
    {
        string path = $"/dev/i2c-{number}";
        int fd = Libc.Open(path, Libc.OpenReadWrite | Libc.OpenCloseOnExec, 0);
        return fd >= 0 ? new I2cBus(path, fd) : throw SystemCallException.Last($"open {path}");
    }

    /// <inheritdoc/>
    public void Write(byte address, ReadOnlySpan<byte> data)
    {
        Select(address);
        fixed (byte* bytes = data)
        {
            if (Libc.Write(_fd, bytes, (nuint)data.Length) != data.Length)
            {
                throw SystemCallException.Last($"write to 0x{address:x2} on {_path}");
            }
        }
    }

    /// <inheritdoc/>
    public void Read(byte address, Span<byte> data)
    {
        Select(address);
        fixed (byte* bytes = data)
        {
            if (Libc.Read(_fd, bytes, (nuint)data.Length) != data.Length)
            {
                throw SystemCallException.Last($"read from 0x{address:x2} on {_path}");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = Libc.Close(_fd);
            _fd = -1;
        }
    }

    /// <summary>An address that a kernel driver has taken is refused (EBUSY): it is not ours to use.</summary>
    private void Select(byte address)
    {
        ObjectDisposedException.ThrowIf(_fd < 0, this);
        if (_address == address)
        {
            return;
        }

        if (Libc.Ioctl(_fd, SetSlave, (nint)address) < 0)
        {
            throw SystemCallException.Last($"choose 0x{address:x2} on {_path}");
        }

        _address = address;
    }
}
