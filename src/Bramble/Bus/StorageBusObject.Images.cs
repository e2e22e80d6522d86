using Bramble.Linux.DBus;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Bus;

/// <content>Images from more than files, and what is done with them.</content>
public sealed partial class StorageBusObject
{
    private IEnumerable<BusMethod> ImageMethods() =>
    [
        // A file or folder of this machine.
        Method("ImportImage", "s", "s", ["request", "image"], async (call, stop) =>
            [Write(await ImportAsync(call, null, stop).ConfigureAwait(false), StorageContractJson.Default.ImageInfo)]),

        // What the caller has open: a pipe, a download, a card reader. The storage service has no network and may open no disk.
        Method("ImportStream", "sh", "s", ["request", "stream", "image"], async (call, stop) =>
        {
            using SafeFileHandle handle = call.Get<SafeFileHandle>(1);
            await using Stream stream = FileDescriptor.OpenRead(handle);
            return [Write(await ImportAsync(call, stream, stop).ConfigureAwait(false), StorageContractJson.Default.ImageInfo)];
        }),
        Method("RenameImage", "ss", "s", ["name", "newName", "image"], async (call, stop) =>
            [Write(await images.RenameImageAsync(call.Get<string>(0), call.Get<string>(1), stop).ConfigureAwait(false), StorageContractJson.Default.ImageInfo)]),
        Method("CheckImage", "s", "s", ["name", "problems"], async (call, stop) =>
            [Write(await images.CheckImageAsync(call.Get<string>(0), stop).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListString)]),
    ];

    private Task<ImageInfo> ImportAsync(BusCall call, Stream? stream, CancellationToken gone)
    {
        ImportRequest request = Read(call.Get<string>(0), StorageContractJson.Default.ImportRequest);
        return ImportAsync(call, request.Source, gone, (progress, stop) => images.ImportImageAsync(request, stream, progress, stop));
    }

    private async Task<ImageInfo> ImportAsync(BusCall call, string subject, CancellationToken gone, Func<ProgressSignal, CancellationToken, Task<ImageInfo>> import)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(gone);
        (string Sender, string File) key = (call.Message.Sender, subject);
        if (!_imports.TryAdd(key, stop))
        {
            throw new StorageException($"{subject} is being imported already.");
        }
        try
        {
            return await import(new ProgressSignal(call.Bus, subject), stop.Token).ConfigureAwait(false);
        }
        finally
        {
            _imports.TryRemove(key, out _);
        }
    }
}
