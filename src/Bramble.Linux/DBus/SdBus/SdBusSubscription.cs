namespace Bramble.Linux.DBus.SdBus;

/// <summary>A match rule and who listens.</summary>
internal sealed class SdBusSubscription(SdBusConnection connection, Action<BusMessage> handler) : SdBusSlot, IAsyncDisposable
{
    public SdBusConnection Connection { get; } = connection;

    public Action<BusMessage> Handler { get; } = handler;

    public TaskCompletionSource<IAsyncDisposable> Installed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override void OnConnectionLost(BusException reason) => Installed.TrySetException(reason);

    public ValueTask DisposeAsync() => Connection.ReleaseAsync(this);
}
