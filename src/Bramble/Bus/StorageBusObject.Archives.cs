using Bramble.Linux.DBus;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Bus;

/// <content>Clients and images as streams that the caller has open.</content>
public sealed partial class StorageBusObject
{
    private IEnumerable<BusMethod> ArchiveMethods() =>
    [
        Method("Export", "ssbh", "", ["kind", "name", "asTar", "output"], async (call, stop) =>
        {
            ArchiveKind kind = call.Get<string>(0) switch
            {
                "client" => ArchiveKind.Client,
                "image" => ArchiveKind.Image,
                string other => throw new BusException(BusErrors.InvalidArgs, $"\"{other}\" is nothing to export: client or image."),
            };
            using SafeFileHandle handle = call.Get<SafeFileHandle>(3);
            await using var output = new FileStream(handle, FileAccess.Write, bufferSize: 0);
            await archives.ExportAsync(kind, call.Get<string>(1), output, call.Get<bool>(2), stop).ConfigureAwait(false);
            return [];
        }),
        Method("ImportArchive", "sh", "s", ["name", "input", "archive"], async (call, stop) =>
        {
            using SafeFileHandle handle = call.Get<SafeFileHandle>(1);
            await using Stream input = FileDescriptor.OpenRead(handle);
            return [Write(await archives.ImportAsync(Given(call, 0), input, stop).ConfigureAwait(false), StorageContractJson.Default.ArchiveInfo)];
        }),
    ];
}
