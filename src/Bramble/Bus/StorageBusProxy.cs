using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bramble.Linux.DBus;
using Bramble.Storage.Contract;

namespace Bramble.Bus;

/// <summary>The storage of the process <c>bramble storaged</c>, which the bus starts when it is needed.</summary>
/// <param name="link">The system bus.</param>
public sealed partial class StorageBusProxy(BusLink link) : IStorage, IImages, ISnapshots, IDoctor
{
    private const string HowToLook = "Look at: journalctl -u bramble-storaged";

    /// <inheritdoc/>
    public Task<ImageInfo> AddImageAsync(string file, string? name, IProgress<ImportProgress>? progress, CancellationToken cancellation) =>
        ImportAsync(file, "AddImage", "ss", [file, name ?? ""], progress, cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ImageInfo>> ListImagesAsync(CancellationToken cancellation) =>
        Read(await CallAsync("ListImages", "", [], cancellation).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListImageInfo);

    /// <inheritdoc/>
    public Task RemoveImageAsync(string name, CancellationToken cancellation) => CallAsync("RemoveImage", "s", [name], cancellation);

    /// <inheritdoc/>
    public async Task<ClientRoot> PrepareRootAsync(RootRequest request, CancellationToken cancellation) =>
        Read(await CallAsync("PrepareRoot", "s", [JsonSerializer.Serialize(request, StorageContractJson.Default.RootRequest)], cancellation).ConfigureAwait(false), StorageContractJson.Default.ClientRoot);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> PublishRootAsync(string client, string address, CancellationToken cancellation) =>
        Read(await CallAsync("PublishRoot", "ss", [client, address], cancellation).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListString);

    /// <inheritdoc/>
    public Task RemoveRootAsync(string client, CancellationToken cancellation) => CallAsync("RemoveRoot", "s", [client], cancellation);

    private static Task<IAsyncDisposable> ListenAsync(IBusConnection bus, string subject, IProgress<ImportProgress> progress) => bus.HearAsync(
        StorageBusNames.ProgressSignal,
        signal =>
        {
            if (signal.Get<string>(0) == subject)
            {
                progress.Report(new ImportProgress(signal.Get<string>(1), (long)signal.Get<ulong>(2), (long)signal.Get<ulong>(3)));
            }
        });

    private async Task<BusMessage> CallAsync(string method, string signature, object[] arguments, CancellationToken cancellation)
    {
        IBusConnection bus = await ConnectAsync(cancellation).ConfigureAwait(false);
        return await CallAsync(bus, method, signature, arguments, cancellation, cancellation).ConfigureAwait(false);
    }

    /// <summary>Cloning and importing take as long as the disk takes: there is no limit on the time.</summary>
    private static Task<BusMessage> CallAsync(IBusConnection bus, string method, string signature, object[] arguments, CancellationToken stopWaiting, CancellationToken cancellation) =>
        TranslateAsync(bus.CallAsync(StorageBusNames.Name, StorageBusNames.Path, StorageBusNames.Name, method, signature, arguments, Timeout.InfiniteTimeSpan, stopWaiting), cancellation);

    private Task<IBusConnection> ConnectAsync(CancellationToken cancellation) => TranslateAsync(link.GetAsync(cancellation).AsTask(), cancellation);

    private static async Task<T> TranslateAsync<T>(Task<T> work, CancellationToken cancellation)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (BusException e)
        {
            if (StorageBusNames.CodeOf(e.Name) is { } code)
            {
                throw new StorageException(e.Message, e) { Code = code };
            }

            throw e.Name switch
            {
                BusErrors.Cancelled => new OperationCanceledException(e.Message, e, cancellation),
                BusErrors.AccessDenied => new StorageException($"The storage service refuses this user: {e.Message}", e),
                BusErrors.NoServer => new StorageException($"There is no way to the storage service: {e.Message}", e),
                _ => new StorageException($"The storage service failed: {e.Message} ({e.Name}). {HowToLook}", e),
            };
        }
    }

    private static T Read<T>(BusMessage reply, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(reply.Get<string>(0), type) ?? throw new StorageException("The storage service answered with nothing.");
        }
        catch (JsonException e)
        {
            throw new StorageException("The storage service speaks another version: restart it (systemctl restart bramble-storaged).", e);
        }
    }

    /// <summary>Calls run side by side at the other end, so this one can be there before the import: it is asked for until it is found.</summary>
    private static async Task CancelAsync(IBusConnection bus, string file, Task import)
    {
        try
        {
            while (!import.IsCompleted)
            {
                BusMessage reply = await bus.CallAsync(StorageBusNames.Name, StorageBusNames.Path, StorageBusNames.Name, "CancelImport", "s", [file]).ConfigureAwait(false);
                if (reply.Get<bool>(0))
                {
                    return;
                }
                await Task.Delay(100).ConfigureAwait(false);
            }
        }
        catch (BusException)
        {
            // The service or the bus is gone, and the import with it: the waiting call tells.
        }
    }
}
