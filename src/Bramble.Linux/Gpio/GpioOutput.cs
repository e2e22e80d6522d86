using Bramble.Linux.Files;
using Bramble.Linux.Native;

namespace Bramble.Linux.Gpio;

/// <summary>A GPIO line that is driven.</summary>
public sealed class GpioOutput : IDisposable
{
    private int _fd;

    internal GpioOutput(int fd) => _fd = fd;

    /// <summary>Makes the line active or not.</summary>
    /// <exception cref="SystemCallException">The chip is gone.</exception>
    public void Set(bool active) => GpioLineValues.Set(_fd, active);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = Libc.Close(_fd);
            _fd = -1;
        }
    }
}
