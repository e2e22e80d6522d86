using System.Runtime.InteropServices;

namespace Bramble.Linux.DBus.SdBus;

/// <summary>Calls, signals and subscriptions.</summary>
internal sealed partial class SdBusConnection
{
    public Task<BusMessage> CallAsync(string destination, string path, string interfaceName, string method, string signature, object[] arguments, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var call = new SdBusPendingCall(this);
        Post(
            () =>
            {
                try
                {
                    StartCall(call, destination, path, interfaceName, method, signature, arguments, Microseconds(timeout));
                }
                catch (Exception e)
                {
                    Drop(call);
                    call.Reply.TrySetException(e);
                }
            },
            call.OnConnectionLost);
        return cancellation.CanBeCanceled ? WithCancellationAsync(call, cancellation) : call.Reply.Task;
    }

    public unsafe Task<IAsyncDisposable> SubscribeAsync(string match, Action<BusMessage> handler)
    {
        var subscription = new SdBusSubscription(this, handler);
        Post(
            () =>
            {
                _slots.Add(subscription);
                int result = SdBusNative.sd_bus_add_match_async(_bus, out nint slot, match, &OnSignal, &OnMatchInstalled, subscription.Userdata);
                if (result < 0)
                {
                    Drop(subscription);
                    subscription.Installed.TrySetException(new BusException(BusErrors.Failed, $"match rule \"{match}\": {Marshal.GetPInvokeErrorMessage(-result)}"));
                    return;
                }
                subscription.Slot = slot;
            },
            subscription.OnConnectionLost);
        return subscription.Installed.Task;
    }

    public Task EmitSignalAsync(string path, string interfaceName, string signal, string signature, params object[] arguments)
    {
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            () =>
            {
                nint message = 0;
                try
                {
                    Check(SdBusNative.sd_bus_message_new_signal(_bus, out message, path, interfaceName, signal), $"signal {interfaceName}.{signal}");
                    SdBusBody.Append(message, signature, arguments);
                    Check(SdBusNative.sd_bus_send(_bus, message, 0), $"signal {interfaceName}.{signal}");
                    sent.SetResult();
                }
                catch (Exception e)
                {
                    sent.TrySetException(e);
                }
                finally
                {
                    SdBusNative.sd_bus_message_unref(message);
                }
            },
            lost => sent.TrySetException(lost));
        return sent.Task;
    }

    private async Task<BusMessage> WithCancellationAsync(SdBusPendingCall call, CancellationToken cancellation)
    {
        await using CancellationTokenRegistration registration = cancellation.Register(() =>
        {
            call.Reply.TrySetCanceled(cancellation);
            Post(() => Drop(call), static _ => { });
        });
        return await call.Reply.Task.ConfigureAwait(false);
    }

    private unsafe void StartCall(SdBusPendingCall call, string destination, string path, string interfaceName, string method, string signature, object[] arguments, ulong microseconds)
    {
        if (call.Reply.Task.IsCompleted)
        {
            return;
        }
        string what = $"call of {interfaceName}.{method} at {destination}{path}";
        Check(SdBusNative.sd_bus_message_new_method_call(_bus, out nint message, destination, path, interfaceName, method), what);
        try
        {
            SdBusBody.Append(message, signature, arguments);
            _slots.Add(call);
            Check(SdBusNative.sd_bus_call_async(_bus, out nint slot, message, &OnReply, call.Userdata, microseconds), what);
            call.Slot = slot;
        }
        finally
        {
            SdBusNative.sd_bus_message_unref(message);
        }
    }

    /// <summary>sd-bus takes 0 for its default and the highest value for no limit.</summary>
    private static ulong Microseconds(TimeSpan? timeout) => timeout switch
    {
        null => 0,
        { } limit when limit == Timeout.InfiniteTimeSpan => ulong.MaxValue,
        { } limit => (ulong)Math.Max(1, limit.TotalMicroseconds),
    };

    private static BusMessage Read(nint message) => new()
    {
        Signature = Text(SdBusNative.sd_bus_message_get_signature(message, 1)),
        Sender = Text(SdBusNative.sd_bus_message_get_sender(message)),
        Path = Text(SdBusNative.sd_bus_message_get_path(message)),
        Interface = Text(SdBusNative.sd_bus_message_get_interface(message)),
        Member = Text(SdBusNative.sd_bus_message_get_member(message)),
        Values = SdBusBody.ReadAll(message),
    };

    private static string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? "";

    private unsafe BusException? ErrorOf(nint message)
    {
        if (SdBusNative.sd_bus_message_is_method_error(message, 0) <= 0)
        {
            return null;
        }
        // A connection that breaks answers its open calls with "no reply": say what really happened.
        if (SdBusNative.sd_bus_is_open(_bus) <= 0)
        {
            return new BusException(BusErrors.Disconnected, "the connection to the bus was lost before the reply came");
        }
        SdBusError* error = SdBusNative.sd_bus_message_get_error(message);
        return new BusException(Text(error->Name), Text(error->Message));
    }

    // Nothing may be thrown through the native frames of these callbacks.
    [UnmanagedCallersOnly]
    private static int OnReply(nint message, nint userdata, nint error)
    {
        var call = SdBusSlot.From<SdBusPendingCall>(userdata);
        try
        {
            if (call.Connection.ErrorOf(message) is { } failure)
            {
                call.Reply.TrySetException(failure);
            }
            else
            {
                call.Reply.TrySetResult(Read(message));
            }
        }
        catch (Exception e)
        {
            call.Reply.TrySetException(e);
        }
        call.Connection.Drop(call);
        return 1;
    }

    [UnmanagedCallersOnly]
    private static int OnMatchInstalled(nint message, nint userdata, nint error)
    {
        var subscription = SdBusSlot.From<SdBusSubscription>(userdata);
        if (subscription.Connection.ErrorOf(message) is { } failure)
        {
            subscription.Installed.TrySetException(failure);
            subscription.Connection.Drop(subscription);
        }
        else
        {
            subscription.Installed.TrySetResult(subscription);
        }
        return 1;
    }

    [UnmanagedCallersOnly]
    private static int OnSignal(nint message, nint userdata, nint error)
    {
        try
        {
            SdBusSlot.From<SdBusSubscription>(userdata).Handler(Read(message));
        }
        catch (Exception)
        {
            // A signal that this side cannot read or use is the listener's loss only; the bus goes on.
        }
        // Others may listen for the same signal.
        return 0;
    }
}
