using Bramble.Linux.I2c;
using Bramble.Panel.Control;
using Bramble.Panel.Drawing;

namespace Bramble.Panel.Display;

/// <summary>
/// An SSD1306 or SH1106 on an I²C bus. Sends only what has changed. Both are driven in page addressing mode, the only one that the SH1106 has; an
/// SH1106 has memory for 132 columns, of which its glass shows 2 to 129.
/// </summary>
/// <remarks>
/// Every method may fail with <see cref="IOException"/>: the display was unplugged, or the bus is stuck. The next <see cref="Show"/> then begins
/// anew, so that a display that was plugged in again shows the whole picture.
/// </remarks>
public sealed class OledDisplay
{
    private const int Sh1106Offset = 2;

    // Unchanged bytes between two changed runs that cost less than a new position: that takes four bytes and two addresses.
    private const int WorthJoining = 8;

    // A display that lost its settings and answers all the same (a bad contact) comes back after so long.
    private static readonly TimeSpan s_repeatSettings = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_check = TimeSpan.FromSeconds(2);

    private readonly II2cBus _bus;
    private readonly byte _address;
    private readonly bool _upsideDown;
    private readonly byte[] _shown;
    private readonly byte[] _buffer = new byte[129];
    private bool _isSet;
    private bool _isOn;
    private int _contrast = -1;
    private bool _canRead = true;
    private TimeSpan _setAt;
    private TimeSpan _checkedAt;

    /// <summary>A display; nothing is sent yet.</summary>
    /// <param name="bus">Its bus.</param>
    /// <param name="address">Its address, 0x3C or 0x3D.</param>
    /// <param name="model">What it is.</param>
    /// <param name="upsideDown">It is built in upside down.</param>
    public OledDisplay(II2cBus bus, byte address, DisplayModel model, bool upsideDown = false)
    {
        (_bus, _address, Model, _upsideDown) = (bus, address, model, upsideDown);
        Height = model == DisplayModel.Ssd1306At32 ? 32 : 64;
        _shown = new byte[Width * (Height / 8)];
    }

    /// <summary>What it is.</summary>
    public DisplayModel Model { get; }

    /// <summary>Pixels across.</summary>
    public int Width => 128;

    /// <summary>Pixels down.</summary>
    public int Height { get; }

    /// <summary>Makes the display show a picture.</summary>
    /// <param name="frame">The picture, of the display's size.</param>
    /// <param name="now">The time, of a steady clock.</param>
    public void Show(PanelFrame frame, TimeSpan now)
    {
        try
        {
            Check(now);
            bool anew = !_isSet;
            if (anew || now - _setAt >= s_repeatSettings)
            {
                SendSettings(anew);
                (_isSet, _setAt, _checkedAt) = (true, now, now);
                SendPicture(frame.Picture, whole: true);
                if (!anew && frame.IsOn)
                {
                    Command(OledCommand.DisplayOn);
                }
            }
            else if (frame.IsOn)
            {
                SendPicture(frame.Picture, whole: false);
            }

            if (frame.Contrast != _contrast)
            {
                Command(OledCommand.Contrast, frame.Contrast);
                _contrast = frame.Contrast;
            }

            // Last: the light goes on over a finished picture, never over what the memory held by chance.
            if (frame.IsOn != _isOn)
            {
                Command(frame.IsOn ? OledCommand.DisplayOn : OledCommand.DisplayOff);
                _isOn = frame.IsOn;
            }
        }
        catch
        {
            _isSet = false;
            throw;
        }
    }

    /// <summary>Turns the display dark, as at the end.</summary>
    public void TurnOff()
    {
        _isSet = false;
        Command(OledCommand.DisplayOff);
    }

    /// <summary>Looks now and then whether the display is there and lit: it may have been unplugged and plugged in again between two pictures.</summary>
    private void Check(TimeSpan now)
    {
        if (!_isSet || now - _checkedAt < s_check)
        {
            return;
        }

        _checkedAt = now;
        if (_canRead && OledProbe.TryReadStatus(_bus, _address, out byte status))
        {
            // Bit 6: the display is off (SSD1306 datasheet 9.1.1, SH1106 "Read Status").
            _isSet = (status & 0x40) == 0 == _isOn;
            return;
        }

        // Not every module's data line can answer; one that cannot be written to either is gone.
        _canRead = false;
        Command(OledCommand.Contrast, (byte)Math.Max(0, _contrast));
    }

    private void SendSettings(bool anew)
    {
        bool tall = Height == 64;
        if (anew)
        {
            Command(OledCommand.DisplayOff);
            (_isOn, _contrast, _canRead) = (false, -1, true);
        }

        Command(OledCommand.ClockDivide, 0x80);
        Command(OledCommand.MultiplexRatio, (byte)(Height - 1));
        Command(OledCommand.DisplayOffset, 0);
        Command(OledCommand.StartLine);
        if (Model == DisplayModel.Sh1106)
        {
            Command(OledCommand.DcDc, OledCommand.DcDcOn);
            Command(OledCommand.PumpVoltage);
        }
        else
        {
            Command(OledCommand.ChargePump, OledCommand.ChargePumpOn);
            Command(OledCommand.MemoryMode, OledCommand.MemoryModePage);
            Command(OledCommand.StopScroll);
        }

        Command(_upsideDown ? OledCommand.SegmentNormal : OledCommand.SegmentRemap);
        Command(_upsideDown ? OledCommand.ScanNormal : OledCommand.ScanRemap);
        Command(OledCommand.ComPins, tall ? OledCommand.ComPinsAlternative : OledCommand.ComPinsSequential);
        Command(OledCommand.Precharge, Model == DisplayModel.Sh1106 ? (byte)0x22 : (byte)0xF1);
        Command(OledCommand.VcomLevel, Model == DisplayModel.Sh1106 ? (byte)0x35 : (byte)0x20);
        Command(OledCommand.FollowMemory);
        Command(OledCommand.NormalDisplay);
    }

    private void SendPicture(Canvas picture, bool whole)
    {
        if (picture.Width != Width || picture.Height != Height)
        {
            throw new ArgumentException($"The picture has {picture.Width}x{picture.Height} pixels, the display {Width}x{Height}.", nameof(picture));
        }

        for (int page = 0; page < Height / 8; page++)
        {
            ReadOnlySpan<byte> wanted = picture.Bits.Slice(page * Width, Width);
            Span<byte> shown = _shown.AsSpan(page * Width, Width);
            int column = 0;
            while (whole ? column < Width : (column = NextChange(wanted, shown, column)) < Width)
            {
                int end = whole ? Width : EndOfChange(wanted, shown, column);
                SendRun(page, column, wanted[column..end]);
                wanted[column..end].CopyTo(shown[column..end]);
                column = end;
            }
        }
    }

    private static int NextChange(ReadOnlySpan<byte> wanted, ReadOnlySpan<byte> shown, int column) =>
        column + wanted[column..].CommonPrefixLength(shown[column..]);

    private static int EndOfChange(ReadOnlySpan<byte> wanted, ReadOnlySpan<byte> shown, int column)
    {
        int end = column + 1;
        for (int i = end; i < wanted.Length && i - end < WorthJoining; i++)
        {
            if (wanted[i] != shown[i])
            {
                end = i + 1;
            }
        }

        return end;
    }

    private void SendRun(int page, int column, ReadOnlySpan<byte> data)
    {
        // Upside down an SH1106 counts its columns from the other end: 132 - 128 - 2 is 2 again.
        int address = column + (Model == DisplayModel.Sh1106 ? Sh1106Offset : 0);
        ReadOnlySpan<byte> position =
        [
            OledCommand.ControlCommands,
            (byte)(OledCommand.Page | page),
            (byte)(OledCommand.ColumnLow | (address & 0x0F)),
            (byte)(OledCommand.ColumnHigh | (address >> 4)),
        ];
        _bus.Write(_address, position);
        _buffer[0] = OledCommand.ControlData;
        data.CopyTo(_buffer.AsSpan(1));
        _bus.Write(_address, _buffer.AsSpan(0, data.Length + 1));
    }

    private void Command(byte command) => _bus.Write(_address, [OledCommand.ControlCommands, command]);

    private void Command(byte command, byte value) => _bus.Write(_address, [OledCommand.ControlCommands, command, value]);
}
