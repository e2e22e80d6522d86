using Bramble.Dhcp.Boards;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Clients;

/// <summary>Names one board: by its serial where it is known, else by its MAC.</summary>
/// <param name="Serial">The serial, or null.</param>
/// <param name="Mac">The MAC; used only where the serial is null.</param>
public readonly record struct BoardRef(BoardSerial? Serial, MacAddress Mac)
{
    /// <summary>By serial.</summary>
    public static BoardRef Of(BoardSerial serial) => new(serial, default);

    /// <summary>By MAC.</summary>
    public static BoardRef Of(MacAddress mac) => new(null, mac);

    /// <summary>Parses eight hex digits or a MAC; of a 16-digit serial (<c>/proc/cpuinfo</c>) the low half is taken. False for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BoardRef board)
    {
        if (text.Length == 16 && BoardSerial.TryParse(text[..8], out _))
        {
            text = text[8..];
        }

        if (BoardSerial.TryParse(text, out BoardSerial serial))
        {
            board = Of(serial);
            return true;
        }

        bool isMac = MacAddress.TryParse(text, out MacAddress mac);
        board = Of(mac);
        return isMac;
    }

    /// <summary>A file name without extension: the serial, or the MAC with dashes.</summary>
    internal string FileName => Serial is { } serial ? serial.ToString() : Mac.ToString().Replace(':', '-');

    /// <summary>The serial, or the MAC with colons.</summary>
    public override string ToString() => Serial is { } serial ? serial.ToString() : Mac.ToString();
}
