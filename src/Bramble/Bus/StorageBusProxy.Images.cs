using System.IO.Pipes;
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

    /// <inheritdoc/>
    public Task<ImageInfo> SwitchEditsAsync(string image, IReadOnlyList<string> off, IReadOnlyList<string> on, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        WorkAsync("SwitchEdits", "sss", [image, Json(off), Json(on)], StorageContractJson.Default.ImageInfo, progress, cancellation);

    /// <inheritdoc/>
    public async Task<ImageInfo> PrepareImageAsync(string image, string newImage, IReadOnlyList<RootKind> kinds, Func<string, CancellationToken, Task> change, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var path = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        await using var done = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        using var pathEnd = new SafeFileHandle(path.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        using var doneEnd = new SafeFileHandle(done.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: false);
        string[] words = [image, newImage, kinds.Contains(RootKind.Iscsi) ? "yes" : "", kinds.Contains(RootKind.Overlay) ? "yes" : ""];
        Task<BusMessage> making = CallAsync("PrepareImage", "sssshh", [.. words, pathEnd, doneEnd], CancellationToken.None);
        using var reader = new StreamReader(path);
        Task<string?> hearing = reader.ReadLineAsync(stop.Token).AsTask();
        if (await Task.WhenAny(making, hearing).ConfigureAwait(false) == hearing && await hearing.ConfigureAwait(false) is { } folder)
        {
            try
            {
                await change(folder, cancellation).ConfigureAwait(false);
                await done.WriteAsync(StorageBusNames.Done.ToArray(), cancellation).ConfigureAwait(false);
            }
            catch
            {
                // It cleans up when nobody can say "done" any more.
                await done.DisposeAsync().ConfigureAwait(false);
                await ((Task)making).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }

        try
        {
            return Read(await making.ConfigureAwait(false), StorageContractJson.Default.ImageInfo);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EditStep>> ListEditsAsync(string client, CancellationToken cancellation) =>
        Read(await CallAsync("ListEdits", "s", [client], cancellation).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListEditStep);

    private static string Json(IReadOnlyList<string> names) => JsonSerializer.Serialize(names, StorageContractJson.Default.IReadOnlyListString);

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
