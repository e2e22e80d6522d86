using Bramble.Fleet.Ports;
using Bramble.Tftp.Content;
using Bramble.Tftp.Serving;

namespace Bramble.Serving;

/// <summary>Reads boot folders through the shared cache of the TFTP server.</summary>
/// <param name="cache">The cache.</param>
internal sealed class BootFolderReader(DiskContentCache cache) : IBootFolderReader
{
    /// <inheritdoc/>
    public TftpOpenResult Open(string folder, string relativePath) => cache.Open(folder, relativePath);
}
