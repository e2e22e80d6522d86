using System.Device.I2c;
using Bramble.Panel.Control;
using Bramble.Panel.Drawing;

namespace Bramble.Panel.Display;

/// <summary>
/// An SSD1306 or SH1106 on an I²C bus. Sends only what has changed. Both are driven in page addressing mode, the only one that the SH1106 has.
/// </summary>
/// <remarks>
/// Every method may fail with <see cref="IOException"/>: the display was unplugged, or the bus is stuck. The next <see cref="Show"/> then sends
/// settings and picture again, so that a display that was plugged in again shows the whole picture.
/// </remarks>
public sealed class OledDisplay
{
    // Unchanged bytes between two changed runs that cost less than a new position: that takes four bytes and two addresses.
    private const int WorthJoining = 8;

    // A display that lost its settings but still answers (a bad contact) gets them again after this time.
    private static readonly TimeSpan s_repeatSettings = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_check = TimeSpan.FromSeconds(2);

    private readonly I2cDevice _device;
    private readonly IOledController _controller;
    private readonly bool _upsideDown;
    private readonly byte[] _shown;
    private bool _isSet;
    private bool _isOn;
    private int _contrast = -1;
    private bool _canRead = true;
    private TimeSpan _setAt;
    private TimeSpan _checkedAt;

    /// <summary>A display; nothing is sent yet.</summary>
    /// <param name="device">Its address on its bus. It stays the caller's to dispose.</param>
    /// <param name="model">Its kind.</param>
    /// <param name="upsideDown">It is built in upside down.</param>
    public OledDisplay(I2cDevice device, DisplayModel model, bool upsideDown = false)
    {
        (_device, Model, _upsideDown) = (device, model, upsideDown);
        Height = model == DisplayModel.Ssd1306At32 ? 32 : 64;
        _controller = model == DisplayModel.Sh1106 ? new Sh1106Controller(device) : new Ssd1306Controller(device, Height);
        _shown = new byte[Width * (Height / 8)];
    }

    /// <summary>Its kind.</summary>
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
            bool all = !_isSet;
            if (all || now - _setAt >= s_repeatSettings)
            {
                SendSettings(all);
                (_isSet, _setAt, _checkedAt) = (true, now, now);
                SendPicture(frame.Picture, whole: true);
                if (!all && frame.IsOn)
                {
                    _controller.SwitchOn(true);
                }
            }
            else if (frame.IsOn)
            {
                SendPicture(frame.Picture, whole: false);
            }

            if (frame.Contrast != _contrast)
            {
                _controller.SetContrast(frame.Contrast);
                _contrast = frame.Contrast;
            }

            // Last: the light goes on over a finished picture, never over what the memory held by chance.
            if (frame.IsOn != _isOn)
            {
                _controller.SwitchOn(frame.IsOn);
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
        _controller.SwitchOn(false);
    }

    /// <summary>Checks at times that the display is present and lit: it may have been unplugged and plugged in again between two pictures.</summary>
    private void Check(TimeSpan now)
    {
        if (!_isSet || now - _checkedAt < s_check)
        {
            return;
        }

        _checkedAt = now;
        if (_canRead && OledProbe.TryReadStatus(_device, out byte status))
        {
            // Bit 6: the display is off (SSD1306 datasheet 9.1.1, SH1106 "Read Status").
            _isSet = (status & 0x40) == 0 == _isOn;
            return;
        }

        // Not every module can be read. One that cannot be written either is gone.
        _canRead = false;
        _controller.SetContrast((byte)Math.Max(0, _contrast));
    }

    private void SendSettings(bool all)
    {
        if (all)
        {
            _controller.SwitchOn(false);
            (_isOn, _contrast, _canRead) = (false, -1, true);
        }

        _controller.Configure(Height, _upsideDown);
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
                _controller.WritePicture(page, column, wanted[column..end]);
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
}
