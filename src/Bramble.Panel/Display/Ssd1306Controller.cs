using System.Device.I2c;
using Iot.Device.Ssd13xx;
using Iot.Device.Ssd13xx.Commands;
using Iot.Device.Ssd13xx.Commands.Ssd1306Commands;

namespace Bramble.Panel.Display;

/// <summary>An SSD1306 (datasheet rev 1.5), driven with the commands of Iot.Device.Bindings.</summary>
/// <remarks>
/// Derived from the library's base class, not from its <see cref="Iot.Device.Ssd13xx.Ssd1306"/>: the constructor of that class sets up 32 rows
/// whatever the height, switches the display on before its memory is cleared, and needs an image library to clear it; it draws the upper 32 rows
/// only, all of them each time.
/// </remarks>
internal sealed class Ssd1306Controller(I2cDevice device, int height) : Ssd13xx(device, 128, height), IOledController
{
    private const byte ControlCommands = 0x00; // Co = 0, D/C# = 0 (8.1.5.2)
    private const int LongestCommands = 4;

    private readonly byte[] _row = new byte[128];

    /// <inheritdoc/>
    public void Configure(int height, bool upsideDown)
    {
        Send(new SetDisplayClockDivideRatioOscillatorFrequency(0x00, 0x08));
        Send(new SetMultiplexRatio((byte)(height - 1)));
        Send(new SetDisplayOffset());
        Send(new SetDisplayStartLine());
        Send(new SetChargePump(enableChargePump: true));
        Send(new SetMemoryAddressingMode(SetMemoryAddressingMode.AddressingMode.Page));
        // An earlier program may have left the picture scrolling.
        Send(new DeactivateScroll());
        Send(new SetSegmentReMap(columnAddress127: !upsideDown));
        Send(new SetComOutputScanDirection(normalMode: upsideDown));
        Send(new SetComPinsHardwareConfiguration(alternativeComPinConfiguration: height == 64));
        Send(new SetPreChargePeriod(0x01, 0x0F));
        Send(new SetVcomhDeselectLevel());
        Send(new EntireDisplayOn(entireDisplay: false));
        Send(new SetNormalDisplay());
    }

    /// <inheritdoc/>
    public void WritePicture(int page, int column, ReadOnlySpan<byte> data)
    {
        Send(
            new SetPageStartAddressForPageAddressingMode((PageAddress)page),
            new SetLowerColumnStartAddressForPageAddressingMode((byte)(column & 0x0F)),
            new SetHigherColumnStartAddressForPageAddressingMode((byte)(column >> 4)));
        Span<byte> row = _row.AsSpan(0, data.Length);
        data.CopyTo(row);
        SendData(row);
    }

    /// <inheritdoc/>
    public void SetContrast(byte contrast) => Send(new SetContrastControlForBank0(contrast));

    /// <inheritdoc/>
    public void SwitchOn(bool on) => EnableDisplay(on);

    /// <inheritdoc/>
    public override void SendCommand(ISharedCommand command) => Send(command);

    /// <inheritdoc/>
    protected override void SetStartAddress() => Send(new SetColumnAddress(), new SetPageAddress());

    // One transfer for all of them: the address and the control byte are sent once.
    private void Send(params ReadOnlySpan<ICommand> commands)
    {
        Span<byte> buffer = stackalloc byte[1 + LongestCommands * 2];
        buffer[0] = ControlCommands;
        int length = 1;
        foreach (ICommand command in commands)
        {
            byte[] bytes = command.GetBytes();
            bytes.CopyTo(buffer[length..]);
            length += bytes.Length;
        }

        I2cDevice!.Write(buffer[..length]);
    }
}
