using System.Buffers.Binary;
using System.Globalization;
using Bramble.Panel.Display;
using Bramble.Panel.Drawing;
using Bramble.VirtualPanel;

return args is ["decode", string kind, string stream, string png]
    ? Decode(kind, stream, png)
    : Usage();

// What was sent to a display since its power-on, two bytes of length before each transfer, as the picture on its glass.
static int Decode(string kind, string stream, string png)
{
    DisplayModel? model = kind switch
    {
        "ssd1306-128x64" => DisplayModel.Ssd1306At64,
        "ssd1306-128x32" => DisplayModel.Ssd1306At32,
        "sh1106" => DisplayModel.Sh1106,
        _ => null,
    };
    if (model is null)
    {
        return Usage();
    }

    var display = new OledModel(model.Value);
    ReadOnlySpan<byte> rest = File.ReadAllBytes(stream);
    int transfers = 0;
    try
    {
        // The last one may have been cut off while it was written.
        for (; rest.Length >= 2 && BinaryPrimitives.ReadUInt16LittleEndian(rest) is var length && rest.Length >= 2 + length; transfers++)
        {
            display.Write(OledModel.DefaultAddress, rest.Slice(2, length));
            rest = rest[(2 + length)..];
        }
    }
    catch (OledFaultException e)
    {
        Console.Error.WriteLine($"virtual-panel: transfer {transfers + 1}: {e.Message}");
        return 1;
    }

    if (display.ShowedNoise)
    {
        Console.Error.WriteLine("virtual-panel: the glass was lit before all of its memory had been written");
        return 1;
    }

    File.WriteAllBytes(png, PngImage.Encode(display.Glass(), scale: 4));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(display.IsOn ? "on" : "off")} contrast {display.Contrast} transfers {transfers} bytes {display.BytesSent}"));
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("""
        usage: virtual-panel decode ssd1306-128x64|ssd1306-128x32|sh1106 STREAM FILE.png
        A display as its datasheet describes it: reads what was sent to it since power-on, writes what a person would see on it, says whether it is lit.
        """);
    return 2;
}
