using System.Runtime.InteropServices;
using System.Text;

namespace Bramble.Linux.DBus.SdBus;

/// <summary>Exported objects.</summary>
internal sealed partial class SdBusConnection
{
    private const int BadMessage = 74;
    private const int NoSuchMethod = 0;

    public unsafe Task<IAsyncDisposable> ExportAsync(string path, BusInterface description)
    {
        var export = new SdBusExport(this, description);
        var done = new TaskCompletionSource<IAsyncDisposable>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            () =>
            {
                _slots.Add(export);
                int result = SdBusNative.sd_bus_add_object_vtable(_bus, out nint slot, path, description.Name, export.Vtable, export.Userdata);
                if (result < 0)
                {
                    Drop(export);
                    done.SetException(new BusException(BusErrors.Failed, $"export of {description.Name} at {path}: {Marshal.GetPInvokeErrorMessage(-result)}"));
                    return;
                }
                export.Slot = slot;
                done.SetResult(export);
            },
            lost =>
            {
                export.Free();
                done.SetException(lost);
            });
        return done.Task;
    }

    [UnmanagedCallersOnly]
    internal static int OnMethodCall(nint message, nint userdata, nint error)
    {
        try
        {
            var export = SdBusSlot.From<SdBusExport>(userdata);
            BusMessage call = Read(message);
            if (export.Method(call.Member) is not { } method)
            {
                return NoSuchMethod;
            }
            export.Connection.StartHandler(method, new BusCall(export.Connection, call), message);
            return 1;
        }
        catch (Exception)
        {
            return -BadMessage;
        }
    }

    [UnmanagedCallersOnly]
    internal static unsafe int OnGetProperty(nint bus, nint path, nint interfaceName, nint name, nint reply, nint userdata, SdBusError* error)
    {
        try
        {
            if (SdBusSlot.From<SdBusExport>(userdata).Property(Text(name)) is not { } property)
            {
                return -BadMessage;
            }
            SdBusBody.AppendOne(reply, property.Signature, property.Get());
            return 1;
        }
        catch (Exception)
        {
            return -BadMessage;
        }
    }

    private void StartHandler(BusMethod method, BusCall call, nint message)
    {
        SdBusNative.sd_bus_message_ref(message);
        _unanswered.Add(message);
        Volatile.Write(ref _unansweredCount, _unanswered.Count);
        _ = Task.Run(async () =>
        {
            object[]? values = null;
            Exception? failure = null;
            try
            {
                values = await method.Handler(call).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                failure = e;
            }
            // After the end of the connection there is nobody to answer, and CloseDown has let go of the message.
            Post(() => Answer(message, method, values, failure), static _ => { });
        });
    }

    private void Answer(nint call, BusMethod method, object[]? values, Exception? failure)
    {
        _unanswered.Remove(call);
        try
        {
            if (SdBusNative.sd_bus_message_get_expect_reply(call) <= 0)
            {
                return;
            }
            if (failure is null)
            {
                failure = TryReply(call, method, values!);
            }
            if (failure is not null)
            {
                ReplyError(call, failure);
            }
        }
        finally
        {
            SdBusNative.sd_bus_message_unref(call);
            Volatile.Write(ref _unansweredCount, _unanswered.Count);
        }
    }

    private Exception? TryReply(nint call, BusMethod method, object[] values)
    {
        nint reply = 0;
        try
        {
            Check(SdBusNative.sd_bus_message_new_method_return(call, out reply), "reply");
            SdBusBody.Append(reply, method.Out, values);
            Check(SdBusNative.sd_bus_send(_bus, reply, 0), "reply");
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            SdBusNative.sd_bus_message_unref(reply);
        }
    }

    private static unsafe void ReplyError(nint call, Exception failure)
    {
        string name = failure switch
        {
            // The bus throws out whoever sends a malformed name.
            BusException known => BusSignature.IsErrorName(known.Name) ? known.Name : BusErrors.Failed,
            OperationCanceledException => BusErrors.Cancelled,
            ArgumentException => BusErrors.InvalidArgs,
            _ => BusErrors.Failed,
        };
        fixed (byte* nameBytes = Encoding.UTF8.GetBytes(name + '\0'))
        fixed (byte* messageBytes = Encoding.UTF8.GetBytes(failure.Message.Replace("\0", "", StringComparison.Ordinal) + '\0'))
        {
            var error = new SdBusError { Name = (nint)nameBytes, Message = (nint)messageBytes };
            // Fails only when the connection is going: the caller then hears that from the bus.
            _ = SdBusNative.sd_bus_reply_method_error(call, &error);
        }
    }
}
