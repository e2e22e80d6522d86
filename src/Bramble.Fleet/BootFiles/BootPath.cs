using Bramble.Dhcp.Boards;
using Bramble.Linux.Net;

namespace Bramble.Fleet.BootFiles;

/// <summary>A file name as the firmware asks for it: with its serial or MAC as the first folder, or with neither.</summary>
/// <remarks>Source: docs/reference/pi-network-boot.md, "TFTP".</remarks>
/// <param name="Serial">The serial prefix; null if there is none.</param>
/// <param name="Mac">The MAC prefix; null if there is none.</param>
/// <param name="Rest">The name below the prefix.</param>
internal readonly record struct BootPath(BoardSerial? Serial, MacAddress? Mac, string Rest)
{
    /// <summary>True if the name begins with a serial or a MAC.</summary>
    public bool HasPrefix => Serial is not null || Mac is not null;

    /// <summary>Takes a folded name apart. The firmware writes prefixes in lower case; upper case means the same board.</summary>
    public static BootPath Parse(string path)
    {
        int slash = path.IndexOf('/');
        if (slash > 0)
        {
            ReadOnlySpan<char> first = path.AsSpan(0, slash);
            if (BoardSerial.TryParse(first, out BoardSerial serial))
            {
                return new BootPath(serial, null, path[(slash + 1)..]);
            }

            if (first.Contains('-') && !first.Contains(':') && MacAddress.TryParse(first, out MacAddress mac))
            {
                return new BootPath(null, mac, path[(slash + 1)..]);
            }
        }

        return new BootPath(null, null, path);
    }
}
