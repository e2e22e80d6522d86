using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Ports;

/// <summary>Reads files of boot folders, from memory where it can.</summary>
public interface IBootFolderReader
{
    /// <summary>Opens one file.</summary>
    /// <param name="folder">Absolute path of the boot folder; nothing outside of it is ever opened.</param>
    /// <param name="relativePath">Folded path below it, without a leading slash.</param>
    /// <returns>The file, <see cref="TftpOpenResult.NotFound"/>, or <see cref="TftpOpenResult.Denied"/> if it is there but cannot be read.</returns>
    TftpOpenResult Open(string folder, string relativePath);
}
