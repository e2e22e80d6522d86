using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Bramble.Integration.Tests.Lab;

/// <summary>The service manager's end of sd_notify(3): a datagram socket whose messages are kept with the time they came.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly List<NotifyMessage> _messages = [];
    private readonly Thread _thread;

    /// <param name="path">Where the socket is made; it stays when this is disposed. A path, because abstract names belong to one network namespace.</param>
    public NotifySocket(string path)
    {
        Path = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        // Looks up now and then: closing a socket does not reliably wake a thread that reads it.
        _socket.ReceiveTimeout = 200;
        _thread = new Thread(Receive) { IsBackground = true, Name = "notify" };
        _thread.Start();
    }

    public string Path { get; }

    /// <summary>All messages so far, in the order they came.</summary>
    public IReadOnlyList<NotifyMessage> Messages
    {
        get
        {
            lock (_messages)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>Waits for a message with an assignment that came after a moment, and returns the first one.</summary>
    public NotifyMessage WaitFor(string assignment, TimeSpan most, long after = 0)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_messages)
        {
            while (true)
            {
                if (_messages.Find(m => m.Timestamp > after && m.Has(assignment)) is { } message)
                {
                    return message;
                }

                TimeSpan left = most - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_messages, left))
                {
                    throw new TimeoutException($"'{assignment}' did not come. What came:\n{string.Join('\n', _messages)}");
                }
            }
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join();
    }

    private void Receive()
    {
        byte[] buffer = new byte[4096];
        while (true)
        {
            try
            {
                int length = _socket.Receive(buffer);
                var message = new NotifyMessage(Stopwatch.GetTimestamp(), Encoding.UTF8.GetString(buffer, 0, length));
                lock (_messages)
                {
                    _messages.Add(message);
                    Monitor.PulseAll(_messages);
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
            {
                // Nothing came: look whether to go on.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
