using Bramble.Linux.Net;

namespace Bramble.VirtualPi.Models;

/// <summary>What tells one board from another.</summary>
/// <param name="Serial">Low 32 bits of the serial number.</param>
/// <param name="Mac">The Ethernet address.</param>
/// <param name="Revision">The board revision code, for example 0xd03114.</param>
public sealed record PiIdentity(uint Serial, MacAddress Mac, uint Revision)
{
    /// <summary>The TFTP prefix: eight lower-case hex digits.</summary>
    public string SerialText => Serial.ToString("x8");

    /// <summary>An identity as a board of that model has one; a missing MAC is made from the serial, a missing revision is a common one.</summary>
    public static PiIdentity Create(PiModel model, uint serial, MacAddress? mac = null, uint? revision = null)
    {
        // Up to the 3B+ the MAC really is b8:27:eb and the low 24 bits of the serial; later boards have unrelated ones.
        ulong oui = model switch
        {
            PiModel.Pi3B or PiModel.Pi3BPlus => 0xb827eb,
            PiModel.Pi4B => 0xdca632,
            _ => 0xd83add,
        };
        uint code = model switch
        {
            PiModel.Pi3B => 0xa02082,
            PiModel.Pi3BPlus => 0xa020d3,
            PiModel.Pi4B => 0xd03114,
            _ => 0xd04170,
        };
        return new PiIdentity(serial, mac ?? new MacAddress((oui << 24) | (serial & 0xffffff)), revision ?? code);
    }
}
