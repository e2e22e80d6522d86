using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Bramble.Linux.DBus;
using Bramble.Storage.Contract;
using Microsoft.Extensions.Logging;

namespace Bramble.Bus;

/// <summary>
/// An <see cref="IStorage"/> on the bus. Records travel as JSON. Work that was asked for by a process that has gone is given up, so that an
/// interrupted command leaves nothing behind.
/// </summary>
/// <param name="storage">Who does the work.</param>
/// <param name="images">Who does the rest of the work on images.</param>
/// <param name="snapshots">Who does the work on snapshots.</param>
/// <param name="doctor">Who looks for what is wrong.</param>
/// <param name="archives">Who packs and unpacks.</param>
/// <param name="callers">Who may ask for what a boot needs.</param>
/// <param name="time">The clock of the idle time.</param>
/// <param name="log">Where failures that nobody foresaw are told in full.</param>
/// <param name="keepers">Who of them may ask for everything else; null for root alone.</param>
public sealed partial class StorageBusObject(IStorage storage, IImages images, ISnapshots snapshots, IDoctor doctor, IArchives archives, BusCallers callers, TimeProvider time, ILogger log, BusCallers? keepers = null)
{
    private static readonly TimeSpan s_lastLook = TimeSpan.FromMilliseconds(20);

    // What the boot server needs, which strangers talk to: boots and rollouts. The rest opens any file of this machine as root, or loses something.
    private static readonly HashSet<string> s_forBoots = new(StringComparer.Ordinal) { "ListImages", "PrepareRoot", "PublishRoot", "RemoveRoot", "ListSnapshots", "CancelImport", "ChangeImage", "RollBack" };

    private readonly BusCallers _keepers = keepers ?? BusCallers.RootAlone;
    private readonly ActivityMeter _activity = new(time);
    private readonly ConcurrentDictionary<(string Sender, string File), CancellationTokenSource> _imports = new();

    /// <summary>Exports the object and takes the name.</summary>
    /// <param name="bus">The connection; to the system bus outside tests.</param>
    public async Task AttachAsync(IBusConnection bus)
    {
        await bus.ExportAsync(StorageBusNames.Path, new BusInterface
        {
            Name = StorageBusNames.Name,
            Methods =
            [
                Method("AddImage", "ss", "s", ["file", "name", "image"], async (call, stop) =>
                    [Write(await AddImageAsync(call, stop).ConfigureAwait(false), StorageContractJson.Default.ImageInfo)]),
                Method("CancelImport", "s", "b", ["file", "found"], (call, _) => CancelImport(call)),
                Method("ListImages", "", "s", ["images"], async (_, stop) =>
                    [Write(await storage.ListImagesAsync(stop).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListImageInfo)]),
                Method("RemoveImage", "s", "", ["name"], async (call, stop) =>
                {
                    await storage.RemoveImageAsync(call.Get<string>(0), stop).ConfigureAwait(false);
                    return [];
                }),
                Method("PrepareRoot", "s", "s", ["request", "root"], async (call, stop) =>
                    [Write(await storage.PrepareRootAsync(Read(call.Get<string>(0), StorageContractJson.Default.RootRequest), stop).ConfigureAwait(false), StorageContractJson.Default.ClientRoot)]),
                Method("PublishRoot", "ss", "s", ["client", "address", "closed"], async (call, stop) =>
                    [Write(await storage.PublishRootAsync(call.Get<string>(0), call.Get<string>(1), stop).ConfigureAwait(false), StorageContractJson.Default.IReadOnlyListString)]),
                Method("RemoveRoot", "s", "", ["client"], async (call, stop) =>
                {
                    await storage.RemoveRootAsync(call.Get<string>(0), stop).ConfigureAwait(false);
                    return [];
                }),
                .. ImageMethods(),
                .. SnapshotMethods(),
                .. DoctorMethods(),
                .. ArchiveMethods(),
            ],
            Signals =
            [
                new BusSignal(StorageBusNames.ProgressSignal, "sstt", "subject", "step", "done", "total"),
                new BusSignal(StorageBusNames.ImportSignal, "sstt", "source", "step", "done", "total"),
                new BusSignal(StorageBusNames.ImportEndedSignal, "sbs", "source", "imported", "reason"),
            ],
        }).ConfigureAwait(false);
        await bus.RequestNameAsync(StorageBusNames.Name).ConfigureAwait(false);
    }

    /// <summary>
    /// Serves until nothing was asked for so long, then gives the name back and finishes what came in at the last moment. Callers notice
    /// nothing: the next call starts the service anew.
    /// </summary>
    /// <param name="bus">The connection that was attached.</param>
    /// <param name="idle">How long without work.</param>
    /// <param name="stopping">Called before the name is given back: must tell systemd (STOPPING=1), which otherwise takes the lost name for a failure.</param>
    /// <param name="cancellation">Ends the serving at once.</param>
    /// <exception cref="BusException">The connection was lost.</exception>
    public async Task RunUntilIdleAsync(IBusConnection bus, TimeSpan idle, Action stopping, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task waiting = _activity.WaitUntilIdleAsync(idle, ended.Token);
        if (await Task.WhenAny(waiting, bus.Closed).ConfigureAwait(false) != waiting)
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw await bus.Closed.ConfigureAwait(false) ?? new BusException(BusErrors.Disconnected, "the connection to the bus was closed");
        }
        await waiting.ConfigureAwait(false);
        stopping();
        await bus.ReleaseNameAsync(StorageBusNames.Name).ConfigureAwait(false);
        // Whatever arrived before the name was gone is counted by now.
        while (bus.UnansweredCalls > 0)
        {
            await Task.Delay(s_lastLook, time, cancellation).ConfigureAwait(false);
        }
    }

    private BusMethod Method(string name, string takes, string gives, string[] names, Func<BusCall, CancellationToken, Task<object[]>> work) => new()
    {
        Name = name,
        In = takes,
        Out = gives,
        ArgumentNames = names,
        Handler = call => RunAsync(call, work),
    };

    private async Task<object[]> RunAsync(BusCall call, Func<BusCall, CancellationToken, Task<object[]>> work)
    {
        _activity.Begin();
        try
        {
            using var stop = new CancellationTokenSource();
            // First listen, then ask who it is: a caller that goes in between is noticed by either.
            await using IAsyncDisposable watch = await call.Bus.WatchNameLostAsync(call.Message.Sender, () => _ = stop.CancelAsync()).ConfigureAwait(false);
            await callers.CheckAsync(call).ConfigureAwait(false);
            if (!s_forBoots.Contains(call.Message.Member))
            {
                await _keepers.CheckAsync(call).ConfigureAwait(false);
            }

            return await work(call, stop.Token).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            throw new BusException(StorageBusNames.ErrorOf(e), e.Message);
        }
        catch (Exception e) when (e is not (BusException or OperationCanceledException))
        {
            LogUnforeseen(e, call.Message.Member);
            throw;
        }
        finally
        {
            _activity.End();
        }
    }

    private async Task<ImageInfo> AddImageAsync(BusCall call, CancellationToken gone)
    {
        string file = call.Get<string>(0);
        string name = call.Get<string>(1);
        if (!Path.IsPathFullyQualified(file))
        {
            throw new StorageException($"{file}: the path must be absolute.");
        }
        return await ImportAsync(call, file, gone, (progress, stop) => storage.AddImageAsync(file, name.Length == 0 ? null : name, progress, stop)).ConfigureAwait(false);
    }

    private Task<object[]> CancelImport(BusCall call)
    {
        bool found = _imports.TryGetValue((call.Message.Sender, call.Get<string>(0)), out CancellationTokenSource? stop);
        try
        {
            stop?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended in this moment.
        }
        return Task.FromResult<object[]>([found]);
    }

    private static string Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.Serialize(value, type);

    private static T Read<T>(string json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new BusException(BusErrors.InvalidArgs, "The request is empty.");
        }
        catch (JsonException e)
        {
            throw new BusException(BusErrors.InvalidArgs, $"The request is not the JSON that was expected: {e.Message}");
        }
    }

    [LoggerMessage(EventId = 5101, Level = LogLevel.Error, Message = "{Method} failed in a way that nobody foresaw")]
    private partial void LogUnforeseen(Exception e, string method);
}
