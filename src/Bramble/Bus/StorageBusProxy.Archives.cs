using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Bus;

/// <content>Clients and images as streams that this process has open.</content>
public sealed partial class StorageBusProxy
{
    /// <summary>Writes what a client has now, or an image, to an open file or pipe; see <see cref="IArchives"/>.</summary>
    public Task ExportAsync(ArchiveKind kind, string name, SafeFileHandle output, bool asTar, CancellationToken cancellation) =>
        CallAsync("Export", "ssbh", [kind == ArchiveKind.Client ? "client" : "image", name, asTar, output], cancellation);

    /// <summary>Makes a client's root or an image of an archive in an open file or pipe; see <see cref="IArchives"/>.</summary>
    public async Task<ArchiveInfo> ImportArchiveAsync(string? name, SafeFileHandle input, CancellationToken cancellation) =>
        Read(await CallAsync("ImportArchive", "sh", [name ?? "", input], cancellation).ConfigureAwait(false), StorageContractJson.Default.ArchiveInfo);
}
