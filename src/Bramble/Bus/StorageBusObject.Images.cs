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
        Method("SwitchEdits", "sss", "s", ["image", "off", "on", "info"], async (call, stop) =>
            [Write(await images.SwitchEditsAsync(call.Get<string>(0), Names(call, 1), Names(call, 2), Progress(call), stop).ConfigureAwait(false), StorageContractJson.Default.ImageInfo)]),
        Method("ListEdits", "s", "s", ["client", "edits"], async (call, stop) =>
            [Write(await images.ListEditsAsync(call.Get<string>(0), stop).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListEditStep)]),
        // The caller changes the copy: it hears its path by one pipe, and says "done" by another. Who closes that without a word gives up.
        Method("PrepareImage", "sssshh", "s", ["image", "newImage", "iscsi", "overlay", "path", "done", "info"], async (call, stop) =>
        {
            using SafeFileHandle path = call.Get<SafeFileHandle>(4);
            using SafeFileHandle done = call.Get<SafeFileHandle>(5);
            RootKind[] kinds = [.. Given(call, 2) is null ? [] : new[] { RootKind.Iscsi }, .. Given(call, 3) is null ? [] : new[] { RootKind.Overlay }];
            return [Write(await images.PrepareImageAsync(call.Get<string>(0), call.Get<string>(1), kinds, (folder, given) => LetChangeAsync(folder, path, done, given), stop).ConfigureAwait(false), StorageContractJson.Default.ImageInfo)];
        }),
        Method("CheckImage", "s", "s", ["name", "problems"], async (call, stop) =>
            [Write(await images.CheckImageAsync(call.Get<string>(0), stop).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListString)]),
    ];

    private static async Task LetChangeAsync(string folder, SafeFileHandle path, SafeFileHandle done, CancellationToken stop)
    {
        await using (var output = new FileStream(new SafeFileHandle(path.DangerousGetHandle(), ownsHandle: false), FileAccess.Write, bufferSize: 0))
        {
            await output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(folder + "\n"), stop).ConfigureAwait(false);
        }

        byte[] answer = new byte[StorageBusNames.Done.Length];
        await using Stream input = FileDescriptor.OpenRead(done);
        int length = await input.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, stop).ConfigureAwait(false);
        if (!answer.AsSpan(0, length).SequenceEqual(StorageBusNames.Done))
        {
            throw new StorageException("The change was given up.");
        }
    }

    private static IReadOnlyList<string> Names(BusCall call, int argument) => Read(call.Get<string>(argument), StorageContractJson.Default.IReadOnlyListString);

    private Task<ImageInfo> ImportAsync(BusCall call, Stream? stream, CancellationToken gone)
    {
        ImportRequest request = Read(call.Get<string>(0), StorageContractJson.Default.ImportRequest);
        return ImportAsync(call, request.Source, gone, (progress, stop) => images.ImportImageAsync(request, stream, progress, stop));
    }

    private async Task<ImageInfo> ImportAsync(BusCall call, string subject, CancellationToken gone, Func<IProgress<ImportProgress>, CancellationToken, Task<ImageInfo>> import)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(gone);
        (string Sender, string File) key = (call.Message.Sender, subject);
        if (!_imports.TryAdd(key, stop))
        {
            throw new StorageException($"{subject} is being imported already.");
        }

        var told = new ImportSignals(call.Bus, subject);
        try
        {
            ImageInfo image = await import(told, stop.Token).ConfigureAwait(false);
            told.Finish();
            return image;
        }
        catch (Exception e)
        {
            told.Fail(e is OperationCanceledException ? "" : e.Message);
            throw;
        }
        finally
        {
            _imports.TryRemove(key, out _);
        }
    }
}
