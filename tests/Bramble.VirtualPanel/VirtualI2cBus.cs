using System.Device.I2c;

namespace Bramble.VirtualPanel;

/// <summary>An I²C bus in memory, for what System.Device.I2c drives.</summary>
internal abstract class VirtualI2cBus : I2cBus
{
    public abstract void Write(byte address, ReadOnlySpan<byte> data);

    public abstract void Read(byte address, Span<byte> data);

    public override I2cDevice CreateDevice(int deviceAddress) => new Device(this, (byte)deviceAddress);

    public override void RemoveDevice(int deviceAddress)
    {
    }

    private sealed class Device(VirtualI2cBus bus, byte address) : I2cDevice
    {
        public override I2cConnectionSettings ConnectionSettings => new(1, address);

        public override void Read(Span<byte> buffer) => bus.Read(address, buffer);

        public override void Write(ReadOnlySpan<byte> buffer) => bus.Write(address, buffer);

        public override void WriteRead(ReadOnlySpan<byte> writeBuffer, Span<byte> readBuffer)
        {
            bus.Write(address, writeBuffer);
            bus.Read(address, readBuffer);
        }
    }
}
