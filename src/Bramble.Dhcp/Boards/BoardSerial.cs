using System.Globalization;

namespace Bramble.Dhcp.Boards;

/// <summary>The low 32 bits of a board's serial number, which name its TFTP folder.</summary>
/// <param name="Value">The number.</param>
public readonly record struct BoardSerial(uint Value)
{
    /// <summary>Parses eight lower- or upper-case hex digits; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out BoardSerial serial)
    {
        serial = default;
        if (text.Length != 8 || !uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
        {
            return false;
        }

        serial = new BoardSerial(value);
        return true;
    }

    /// <summary>Eight lower-case hex digits, as the firmware writes its TFTP prefix.</summary>
    public override string ToString() => Value.ToString("x8", CultureInfo.InvariantCulture);
}
