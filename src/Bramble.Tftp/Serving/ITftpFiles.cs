using Bramble.Linux.Net;

namespace Bramble.Tftp.Serving;

/// <summary>The files that each client may read. Called on the TFTP loop: must not wait for anything but a local disk.</summary>
public interface ITftpFiles
{
    /// <summary>Opens a file for a client.</summary>
    /// <param name="client">The source address of the request.</param>
    /// <param name="path">The name as folded by <c>TftpPath</c>: no leading slash, single slashes, no <c>.</c> or <c>..</c> segment, no backslash, no control character.</param>
    TftpOpenResult Open(Ipv4Address client, string path);
}
