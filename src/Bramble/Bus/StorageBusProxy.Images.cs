using System.Text.Json;
using Bramble.Linux.DBus;
using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Bus;

/// <content>Images from more than files, and what is done with them.</content>
public sealed partial class StorageBusProxy
{
    /// <inheritdoc/>
    /// <remarks>A stream must be an open file of this process: a <see cref="FileStream"/>, whose descriptor travels over the bus.</remarks>
    public Task<ImageInfo> ImportImageAsync(ImportRequest request, Stream? stream, IProgress<ImportProgress>? progress, CancellationToken cancellation) => stream switch
    {
        null => ImportAsync(request.Source, "ImportImage", "s", [Json(request)], progress, cancellation),
        FileStream file => ImportStreamAsync(request, file.SafeFileHandle, progress, cancellation),
        _ => throw new ArgumentException("Only an open file can travel over the bus.", nameof(stream)),
    };

    /// <summary>Imports what this process has open: a pipe, a device, a file.</summary>
    public Task<ImageInfo> ImportStreamAsync(ImportRequest request, SafeFileHandle stream, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        ImportAsync(request.Source, "ImportStream", "sh", [Json(request), stream], progress, cancellation);

    /// <inheritdoc/>
    public async Task<ImageInfo> RenameImageAsync(string name, string newName, CancellationToken cancellation) =>
        Read(await CallAsync("RenameImage", "ss", [name, newName], cancellation).ConfigureAwait(false), StorageContractJson.Default.ImageInfo);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> CheckImageAsync(string name, CancellationToken cancellation) =>
        Read(await CallAsync("CheckImage", "s", [name], cancellation).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListString);

    private static string Json(ImportRequest request) => JsonSerializer.Serialize(request, StorageContractJson.Default.ImportRequest);

    private async Task<ImageInfo> ImportAsync(string subject, string method, string signature, object[] arguments, IProgress<ImportProgress>? progress, CancellationToken cancellation)
    {
        IBusConnection bus = await ConnectAsync(cancellation).ConfigureAwait(false);
        await using IAsyncDisposable? listening = progress is null ? null : await TranslateAsync(ListenAsync(bus, subject, progress), cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        // Cancelling does not stop the waiting: the answer tells that the import has cleaned up after itself.
        Task<BusMessage> import = CallAsync(bus, method, signature, arguments, CancellationToken.None, cancellation);
        await using CancellationTokenRegistration registration = cancellation.Register(() => _ = CancelAsync(bus, subject, import));
        return Read(await import.ConfigureAwait(false), StorageContractJson.Default.ImageInfo);
    }
}
