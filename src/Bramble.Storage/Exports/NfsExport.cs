using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bramble.Storage.Exports;

/// <summary>One exported folder of one client.</summary>
/// <param name="Path">Absolute path, of characters that need no quoting in exports(5).</param>
/// <param name="Address">The one IPv4 address that may mount it.</param>
/// <param name="Id">Filesystem id; the same for the same client, state and folder, so that file handles stay good when the server restarts.</param>
internal sealed record NfsExport(string Path, string Address, Guid Id)
{
    /// <summary>The export of a folder of a state of a client's root.</summary>
    internal static NfsExport Of(string client, string folder, int state, string path, string address) => new(path, address, IdOf(client, folder, state));

    private static Guid IdOf(string client, string folder, int state)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bramble-nfs:{client}:{folder}:{state}")), hash);

        // RFC 9562 version 8: made by a rule of one's own.
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
