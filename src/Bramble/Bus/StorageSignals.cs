using Bramble.Linux.DBus;

namespace Bramble.Bus;

/// <summary>Signals of the storage service.</summary>
internal static class StorageSignals
{
    /// <summary>Sends one; does not wait. A signal that cannot be sent is only a missing line on somebody's screen.</summary>
    public static void Tell(this IBusConnection bus, string signal, string signature, params object[] arguments) =>
        _ = bus.EmitSignalAsync(StorageBusNames.Path, StorageBusNames.Name, signal, signature, arguments).ContinueWith(static sent => sent.Exception, TaskScheduler.Default);

    /// <summary>Listens for one.</summary>
    public static Task<IAsyncDisposable> HearAsync(this IBusConnection bus, string signal, Action<BusMessage> handler) => bus.SubscribeAsync(
        new SignalMatch { Sender = StorageBusNames.Name, Path = StorageBusNames.Path, Interface = StorageBusNames.Name, Member = signal }, handler);
}
