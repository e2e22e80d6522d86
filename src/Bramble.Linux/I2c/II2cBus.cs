namespace Bramble.Linux.I2c;

/// <summary>An I²C bus as its controller. Every call is one transfer with a start and a stop.</summary>
public interface II2cBus : IDisposable
{
    /// <summary>Writes to a device.</summary>
    /// <param name="address">Its seven-bit address.</param>
    /// <param name="data">The bytes after the address.</param>
    /// <exception cref="IOException">Nobody answers at that address, or the bus does not work.</exception>
    void Write(byte address, ReadOnlySpan<byte> data);

    /// <summary>Reads from a device.</summary>
    /// <param name="address">Its seven-bit address.</param>
    /// <param name="data">Filled whole.</param>
    /// <exception cref="IOException">Nobody answers at that address, or the bus does not work.</exception>
    void Read(byte address, Span<byte> data);
}
