namespace Bramble.Panel.Display;

/// <summary>Commands of SSD1306 (datasheet rev 1.5, chapter 9) and SH1106 (datasheet V2.3, "Commands").</summary>
internal static class OledCommand
{
    /// <summary>Control byte: commands follow (Co = 0, D/C# = 0).</summary>
    internal const byte ControlCommands = 0x00;

    /// <summary>Control byte: picture data follow (Co = 0, D/C# = 1).</summary>
    internal const byte ControlData = 0x40;

    internal const byte ColumnLow = 0x00;
    internal const byte ColumnHigh = 0x10;

    /// <summary>SSD1306 only.</summary>
    internal const byte MemoryMode = 0x20;
    internal const byte MemoryModePage = 0x02;

    /// <summary>SSD1306 only: an earlier program may have left the picture scrolling.</summary>
    internal const byte StopScroll = 0x2E;

    /// <summary>SH1106 only: 8.0 V.</summary>
    internal const byte PumpVoltage = 0x32;
    internal const byte StartLine = 0x40;
    internal const byte Contrast = 0x81;

    /// <summary>SSD1306 only.</summary>
    internal const byte ChargePump = 0x8D;
    internal const byte ChargePumpOn = 0x14;
    internal const byte SegmentNormal = 0xA0;
    internal const byte SegmentRemap = 0xA1;
    internal const byte FollowMemory = 0xA4;
    internal const byte NormalDisplay = 0xA6;
    internal const byte MultiplexRatio = 0xA8;

    /// <summary>SH1106 only.</summary>
    internal const byte DcDc = 0xAD;
    internal const byte DcDcOn = 0x8B;
    internal const byte DisplayOff = 0xAE;
    internal const byte DisplayOn = 0xAF;
    internal const byte Page = 0xB0;
    internal const byte ScanNormal = 0xC0;
    internal const byte ScanRemap = 0xC8;
    internal const byte DisplayOffset = 0xD3;
    internal const byte ClockDivide = 0xD5;
    internal const byte Precharge = 0xD9;
    internal const byte ComPins = 0xDA;
    internal const byte ComPinsAlternative = 0x12;
    internal const byte ComPinsSequential = 0x02;
    internal const byte VcomLevel = 0xDB;
}
