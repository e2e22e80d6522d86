using System.Runtime.InteropServices;
using System.Text;
using Tmds.DBus.Protocol;

namespace Bramble.Linux.DBus;

/// <summary>The interfaces that are exported at one object path.</summary>
/// <param name="connection">The connection that they are exported on.</param>
/// <param name="path">The object path.</param>
internal sealed class BusObject(BusConnection connection, string path) : IPathMethodHandler
{
    private const string UnknownMethod = "org.freedesktop.DBus.Error.UnknownMethod";

    // Replaced as a whole under the connection's lock, so the reader needs none.
    private volatile BusInterface[] _interfaces = [];

    public string Path => path;

    public bool HandlesChildPaths => false;

    public bool IsEmpty => _interfaces.Length == 0;

    /// <summary>Adds an interface.</summary>
    /// <exception cref="BusException">It is exported here already.</exception>
    /// <exception cref="ArgumentException">The names of its arguments do not fit their signatures.</exception>
    public void Add(BusInterface description)
    {
        if (_interfaces.Any(other => other.Name == description.Name))
        {
            throw new BusException(BusErrors.Failed, $"{description.Name} is already exported at {path}");
        }
        BusIntrospection.CheckArgumentNames(description);
        _interfaces = [.. _interfaces, description];
    }

    /// <summary>Takes an interface away; false if it is not here.</summary>
    public bool Remove(BusInterface description)
    {
        BusInterface[] before = _interfaces;
        _interfaces = [.. before.Where(other => !ReferenceEquals(other, description))];
        return _interfaces.Length < before.Length;
    }

    /// <summary>Takes a call from the reader. Nothing else is read until this returns, so it only starts the handler.</summary>
    public ValueTask HandleMethodAsync(MethodContext context)
    {
        Message request = context.Request;
        if (context.IsDBusIntrospectRequest)
        {
            context.ReplyIntrospectXml([.. _interfaces.Select(static each => Utf8(BusIntrospection.XmlOf(each)))]);
        }
        else if (Find(request) is not { } method)
        {
            context.ReplyError(UnknownMethod, $"Unknown method {request.MemberAsString} or interface {request.InterfaceAsString}.");
        }
        else if (request.SignatureAsString != method.In || BusBody.TryReadMessage(request) is not { } message)
        {
            string what = $"Invalid arguments '{request.SignatureAsString}' to call {request.InterfaceAsString}.{request.MemberAsString}()";
            context.ReplyError(BusErrors.InvalidArgs, $"{what}, expecting '{method.In}'.");
        }
        else
        {
            // Counted before the reader goes on: who releases a name relies on it.
            connection.CallStarted();
            context.DisposesAsynchronously = true;
            _ = Task.Run(() => RunAsync(context, method, new BusCall(connection, message)));
        }
        return ValueTask.CompletedTask;
    }

    private static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static MessageBuffer ReplyTo(MethodContext context, BusMethod method, object[] values)
    {
        MessageWriter writer = context.CreateReplyWriter(BusBody.HeaderOf(method.Out));
        return BusBody.Finish(ref writer, method.Out, values);
    }

    private static void ReplyError(MethodContext context, Exception failure)
    {
        string name = failure switch
        {
            // The bus closes the connection of a sender of malformed names.
            BusException known => BusNames.IsErrorName(known.Name) ? known.Name : BusErrors.Failed,
            OperationCanceledException => BusErrors.Cancelled,
            ArgumentException => BusErrors.InvalidArgs,
            _ => BusErrors.Failed,
        };
        context.ReplyError(name, failure.Message.Replace("\0", "", StringComparison.Ordinal));
    }

    // The interface may be left out (D-Bus specification, "Method Calls").
    private BusMethod? Find(Message request)
    {
        string? interfaceName = request.InterfaceAsString;
        string? member = request.MemberAsString;
        return _interfaces
            .Where(each => interfaceName is null || each.Name == interfaceName)
            .SelectMany(static each => each.Methods)
            .FirstOrDefault(method => method.Name == member);
    }

    private async Task RunAsync(MethodContext context, BusMethod method, BusCall call)
    {
        try
        {
            try
            {
                context.Reply(ReplyTo(context, method, await method.Handler(call).ConfigureAwait(false)));
            }
            catch (Exception e)
            {
                ReplyError(context, e);
            }
            context.Dispose();
        }
        catch (ObjectDisposedException)
        {
            // The connection was closed meanwhile: there is nobody to answer.
        }
        finally
        {
            // Descriptors of a call that was refused before its handler took them.
            foreach (object value in call.Message.Values)
            {
                (value as SafeHandle)?.Dispose();
            }

            connection.CallEnded();
        }
    }
}
