using System.Text;
using Bramble.Fleet.Clients;

namespace Bramble.Fleet.Beacon;

/// <summary>The datagram of a client that is up: <c>bramble-up 1 CLIENT TOKEN BOOT_ID</c> and a newline, ASCII.</summary>
public static class UpBeacon
{
    /// <summary>Longest datagram, bytes.</summary>
    public const int MaxBytes = 256;

    /// <summary>Hex digits of a token.</summary>
    public const int TokenLength = 32;

    /// <summary>Characters of a boot id: a UUID, as in <c>/proc/sys/kernel/random/boot_id</c>.</summary>
    public const int BootIdLength = 36;

    /// <summary>Reads a datagram; false if it has any other form.</summary>
    /// <param name="datagram">The payload.</param>
    /// <param name="client">The client's name, valid as <see cref="ClientName"/> says.</param>
    /// <param name="token">Its token as sent: 32 lower-case hex digits. Not yet compared with anything.</param>
    /// <param name="bootId">The kernel's boot id in lower case.</param>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out string client, out string token, out string bootId)
    {
        client = token = bootId = "";
        if (datagram.Length > MaxBytes || datagram.IsEmpty || datagram[^1] != '\n')
        {
            return false;
        }

        ReadOnlySpan<byte> line = datagram[..^1];
        if (line.ContainsAnyExceptInRange((byte)' ', (byte)'~') || !line.StartsWith("bramble-up 1 "u8))
        {
            return false;
        }

        Span<Range> fields = stackalloc Range[6];
        Span<char> text = stackalloc char[line.Length];
        Encoding.ASCII.GetChars(line, text);
        int count = ((ReadOnlySpan<char>)text).Split(fields, ' ');
        if (count != 5)
        {
            return false;
        }

        ReadOnlySpan<char> name = text[fields[2]];
        ReadOnlySpan<char> secret = text[fields[3]];
        ReadOnlySpan<char> boot = text[fields[4]];
        if (!ClientName.IsValid(name) || secret.Length != TokenLength || secret.ContainsAnyExcept("0123456789abcdef")
            || boot.Length != BootIdLength || boot.ContainsAnyExcept("0123456789abcdef-"))
        {
            return false;
        }

        client = name.ToString();
        token = secret.ToString();
        bootId = boot.ToString();
        return true;
    }
}
