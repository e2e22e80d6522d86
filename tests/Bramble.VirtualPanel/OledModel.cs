using Bramble.Panel.Display;
using Bramble.Panel.Drawing;

namespace Bramble.VirtualPanel;

/// <summary>
/// A display module on a bus: decodes the commands by the controller's datasheet (SSD1306 rev 1.5 chapters 8.1.5, 9 and 10; SH1106 V2.3) and
/// gives the pixels that a person would see on its glass. What the datasheet does not know is an error.
/// </summary>
internal sealed class OledModel : VirtualI2cBus
{
    /// <summary>The address that modules have as they come.</summary>
    public const byte DefaultAddress = 0x3C;

    private readonly DisplayModel _model;
    private readonly byte _address;
    private readonly int _columns;
    private readonly byte[] _memory;
    private readonly bool[] _written;
    private readonly Queue<byte> _pending = new();
    private int _page, _column, _mode, _multiplex, _offset, _startLine;
    private int _columnStart, _columnEnd, _pageStart, _pageEnd;
    private bool _segmentRemap, _scanRemap, _pump, _on, _inverse, _allOn, _alternativeCom;

    public OledModel(DisplayModel model, byte address = DefaultAddress)
    {
        (_model, _address) = (model, address);
        _columns = model == DisplayModel.Sh1106 ? 132 : 128;
        Height = model == DisplayModel.Ssd1306At32 ? 32 : 64;
        _memory = new byte[_columns * 8];
        _written = new bool[_columns * 8];
        PowerOn();
    }

    public int Height { get; }

    public bool IsPlugged { get; set; } = true;

    public bool CanRead { get; set; } = true;

    public bool IsOn => _on;

    public byte Contrast { get; private set; }

    /// <summary>Bytes that went over the bus, with the address of each transfer.</summary>
    public int BytesSent { get; private set; }

    public int PictureBytes { get; private set; }

    /// <summary>The glass was lit while its memory held what nobody had written.</summary>
    public bool ShowedNoise { get; private set; }

    /// <summary>Unplugged and plugged in again: settings as after a reset, the memory holds anything.</summary>
    public void PowerOn()
    {
        var noise = new Random(1306);
        noise.NextBytes(_memory);
        Array.Clear(_written);
        (_page, _column, _mode, _multiplex, _offset, _startLine) = (0, 0, 2, 63, 0, 0);
        (_columnStart, _columnEnd, _pageStart, _pageEnd) = (0, 127, 0, 7);
        (_segmentRemap, _scanRemap, _pump, _on, _inverse, _allOn) = (false, false, false, false, false, false);
        _alternativeCom = true;
        Contrast = (byte)(_model == DisplayModel.Sh1106 ? 0x80 : 0x7F);
        _pending.Clear();
    }

    public override void Write(byte address, ReadOnlySpan<byte> data)
    {
        if (!IsPlugged || address != _address)
        {
            throw new IOException($"Nobody answers at 0x{address:x2}.");
        }

        BytesSent += data.Length + 1;
        // 8.1.5.2: after the address comes a control byte; without the continuation bit only data or commands follow.
        while (data.Length > 0)
        {
            byte control = data[0];
            Require((control & 0x3F) == 0, $"Control byte 0x{control:x2} has low bits set.");
            bool isData = (control & 0x40) != 0, single = (control & 0x80) != 0;
            ReadOnlySpan<byte> body = single ? data.Slice(1, 1) : data[1..];
            data = single ? data[2..] : [];
            foreach (byte value in body)
            {
                if (isData)
                {
                    Store(value);
                }
                else
                {
                    _pending.Enqueue(value);
                    Decode();
                }
            }
        }
    }

    public override void Read(byte address, Span<byte> data)
    {
        if (!IsPlugged || address != _address || !CanRead)
        {
            throw new IOException($"Nobody answers at 0x{address:x2}.");
        }

        data.Fill((byte)((_on ? 0 : 0x40) | (_model switch { DisplayModel.Sh1106 => 8, DisplayModel.Ssd1306At32 => 3, _ => 6 })));
    }

    /// <summary>What a person sees who looks at the module the right way up.</summary>
    public Canvas Glass()
    {
        var glass = new Canvas(128, Height);
        // Without its charge pump the glass has no voltage to light with.
        if (!_on || !_pump)
        {
            return glass;
        }

        bool modulePins = Height == 64;
        for (int y = 0; y < Height; y++)
        {
            // The modules are wired for a remapped scan: COM(N-1) is the top row.
            int com = _scanRemap ? y : _multiplex - y;
            if (com < 0 || com > _multiplex)
            {
                continue;
            }

            if (_alternativeCom != modulePins)
            {
                // Every other row goes to the wrong half of the glass.
                com = (com / 2) + (com % 2 * ((_multiplex + 1) / 2));
            }

            int row = (com + _startLine + _offset) % 64;
            for (int x = 0; x < 128; x++)
            {
                // Glass of an SH1106 module hangs on segments 2 to 129.
                int segment = x + (_columns - 128) / 2;
                int column = _segmentRemap ? segment : _columns - 1 - segment;
                bool lit = _allOn || (_memory[(row / 8 * _columns) + column] >> (row % 8) & 1) != 0;
                glass.Set(x, y, lit ^ _inverse);
            }
        }

        return glass;
    }

    private void Store(byte value)
    {
        PictureBytes++;
        if (_column < _columns)
        {
            _memory[(_page * _columns) + _column] = value;
            _written[(_page * _columns) + _column] = true;
        }

        if (_model == DisplayModel.Sh1106)
        {
            // The counter stops at the end, the page stays.
            _column = Math.Min(_column + 1, _columns);
        }
        else if (_mode == 2)
        {
            _column = (_column + 1) % 128;
        }
        else if (_mode == 0 && _column == _columnEnd)
        {
            (_column, _page) = (_columnStart, _page == _pageEnd ? _pageStart : _page + 1);
        }
        else if (_mode == 1)
        {
            (_page, _column) = _page == _pageEnd ? (_pageStart, _column == _columnEnd ? _columnStart : _column + 1) : (_page + 1, _column);
        }
        else
        {
            _column++;
        }
    }

    private void Decode()
    {
        byte[] bytes = [.. _pending];
        if (bytes.Length < LengthOf(bytes[0]))
        {
            return;
        }

        _pending.Clear();
        bool old = _model != DisplayModel.Sh1106;
        byte value = bytes.Length > 1 ? bytes[1] : (byte)0;
        switch (bytes[0])
        {
            case <= 0x0F: _column = (_column & 0xF0) | bytes[0]; break;
            case <= 0x1F: _column = (_column & 0x0F) | ((bytes[0] & 0x0F) << 4); break;
            case 0x20 when old: Require(value <= 2, $"memory mode {value}"); _mode = value; break;
            case 0x21 when old: (_columnStart, _columnEnd, _column) = (bytes[1], bytes[2], bytes[1]); break;
            case 0x22 when old: (_pageStart, _pageEnd, _page) = (bytes[1], bytes[2], bytes[1]); break;
            case 0x2E when old: break;
            case >= 0x30 and <= 0x33 when !old: break;
            case >= 0x40 and <= 0x7F: _startLine = bytes[0] & 0x3F; break;
            case 0x81: Contrast = value; break;
            case 0x8D when old: ChangePump((value & 0x04) != 0); break;
            case 0xAD when !old: Require((value & 0xFE) == 0x8A, $"DC-DC 0x{value:x2}"); ChangePump((value & 1) != 0); break;
            case 0xA0 or 0xA1: _segmentRemap = bytes[0] == 0xA1; break;
            case 0xA4 or 0xA5: _allOn = bytes[0] == 0xA5; break;
            case 0xA6 or 0xA7: _inverse = bytes[0] == 0xA7; break;
            case 0xA8: Require(value is >= 15 and <= 63, $"multiplex ratio {value}"); _multiplex = value; break;
            case 0xAE: _on = false; break;
            case 0xAF: TurnOn(); break;
            case >= 0xB0 and <= 0xB7: _page = bytes[0] & 7; break;
            case 0xC0 or 0xC8: _scanRemap = bytes[0] == 0xC8; break;
            case 0xD3: _offset = value & 0x3F; break;
            case 0xD5: break;
            case 0xD9: Require((value & 0x0F) != 0 && (value & 0xF0) != 0, $"pre-charge 0x{value:x2}: a phase of no length"); break;
            case 0xDA: _alternativeCom = (value & 0x10) != 0; break;
            case 0xDB: break;
            case 0xE3: break;
            default: throw new OledFaultException($"The {_model} has no command 0x{bytes[0]:x2}.");
        }
    }

    // Datasheet of the SH1106, "DC-DC Setting", and application note of the SSD1306: the pump is switched while the display is off.
    private void ChangePump(bool on)
    {
        Require(!_on || on == _pump, "The charge pump was switched while the display was on.");
        _pump = on;
    }

    private void TurnOn()
    {
        Require(_pump, "The display was switched on before its charge pump.");
        _on = true;
        for (int page = 0; page < Height / 8; page++)
        {
            int first = (_columns - 128) / 2;
            ShowedNoise |= Array.IndexOf(_written, false, (page * _columns) + first, 128) >= 0;
        }
    }

    private static void Require(bool right, string message)
    {
        if (!right)
        {
            throw new OledFaultException(message);
        }
    }

    private static int LengthOf(byte command) => command switch
    {
        0x20 or 0x81 or 0x8D or 0xA8 or 0xAD or 0xD3 or 0xD5 or 0xD9 or 0xDA or 0xDB => 2,
        0x21 or 0x22 => 3,
        _ => 1,
    };
}
