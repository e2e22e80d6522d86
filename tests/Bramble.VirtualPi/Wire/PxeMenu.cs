using System.Text;

namespace Bramble.VirtualPi.Wire;

/// <summary>Option 43 as PXE sub-options (PXE 2.1 §2.2.1): the boards look for a menu entry with their text.</summary>
internal static class PxeMenu
{
    public const string BootText = "Raspberry Pi Boot";

    /// <summary>The Pi 3 boot ROM's way: a search in the raw octets.</summary>
    public static bool ContainsText(ReadOnlySpan<byte> option43, bool threeSpaces)
    {
        ReadOnlySpan<byte> wanted = "Raspberry Pi Boot   "u8;
        return option43.IndexOf(threeSpaces ? wanted : wanted[..BootText.Length]) >= 0;
    }

    /// <summary>The EEPROM's way: sub-option 9 is taken apart and each entry's text is searched. False on malformed octets.</summary>
    public static bool HasEntry(ReadOnlySpan<byte> option43, bool wholeMenu)
    {
        for (int i = 0; i < option43.Length;)
        {
            int code = option43[i++];
            if (code == 0)
            {
                continue;
            }

            if (code == 255 || i >= option43.Length || i + 1 + option43[i] > option43.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> value = option43.Slice(i + 1, option43[i]);
            i += 1 + value.Length;
            if (code == 9 && MenuHasEntry(value, wholeMenu))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MenuHasEntry(ReadOnlySpan<byte> menu, bool wholeMenu)
    {
        while (menu.Length >= 3 && 3 + menu[2] <= menu.Length)
        {
            if (Encoding.Latin1.GetString(menu.Slice(3, menu[2])).Contains(BootText, StringComparison.Ordinal))
            {
                return true;
            }

            if (!wholeMenu)
            {
                return false;
            }

            menu = menu[(3 + menu[2])..];
        }

        return false;
    }
}
