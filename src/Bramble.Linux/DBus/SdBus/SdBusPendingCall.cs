namespace Bramble.Linux.DBus.SdBus;

/// <summary>A call whose reply has not come.</summary>
internal sealed class SdBusPendingCall(SdBusConnection connection) : SdBusSlot
{
    public SdBusConnection Connection { get; } = connection;

    public TaskCompletionSource<BusMessage> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override void OnConnectionLost(BusException reason) => Reply.TrySetException(reason);
}
