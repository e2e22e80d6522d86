using System.Device.I2c;

namespace Bramble.Panel.Display;

/// <summary>
/// An SH1106 (datasheet V2.3, "Commands"), which Iot.Device.Bindings does not have. Its memory has 132 columns; the glass shows columns 2 to 129.
/// </summary>
internal sealed class Sh1106Controller(I2cDevice device) : IOledController
{
    private const byte ControlCommands = 0x00; // Co = 0, D/C# = 0
    private const byte ControlData = 0x40;     // Co = 0, D/C# = 1
    private const int FirstColumn = 2;

    private readonly byte[] _buffer = new byte[129];

    /// <inheritdoc/>
    public void Configure(int height, bool upsideDown)
    {
        Send(0xD5, 0x80);                 // clock: divide ratio 1, default frequency
        Send(0xA8, (byte)(height - 1));   // multiplex ratio
        Send(0xD3, 0x00);                 // display offset
        Send(0x40);                       // start line 0
        Send(0xAD, 0x8B);                 // DC-DC converter on
        Send(0x32);                       // charge pump 8.0 V
        Send((byte)(upsideDown ? 0xA0 : 0xA1)); // segment order
        Send((byte)(upsideDown ? 0xC0 : 0xC8)); // scan direction
        Send(0xDA, (byte)(height == 64 ? 0x12 : 0x02)); // common pads: alternative or sequential
        Send(0xD9, 0x22);                 // pre-charge and dis-charge
        Send(0xDB, 0x35);                 // VCOM deselect level
        Send(0xA4);                       // show the memory
        Send(0xA6);                       // not inverted
    }

    /// <inheritdoc/>
    public void WritePicture(int page, int column, ReadOnlySpan<byte> data)
    {
        // Upside down the columns count from the other end: 132 - 128 - 2 is 2 again.
        int address = FirstColumn + column;
        Send((byte)(0xB0 | page), (byte)(address & 0x0F), (byte)(0x10 | (address >> 4)));
        _buffer[0] = ControlData;
        data.CopyTo(_buffer.AsSpan(1));
        device.Write(_buffer.AsSpan(0, data.Length + 1));
    }

    /// <inheritdoc/>
    public void SetContrast(byte contrast) => Send(0x81, contrast);

    /// <inheritdoc/>
    public void SwitchOn(bool on) => Send((byte)(on ? 0xAF : 0xAE));

    private void Send(params ReadOnlySpan<byte> commands)
    {
        _buffer[0] = ControlCommands;
        commands.CopyTo(_buffer.AsSpan(1));
        device.Write(_buffer.AsSpan(0, commands.Length + 1));
    }
}
