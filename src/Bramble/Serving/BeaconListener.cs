using System.Net;
using System.Net.Sockets;
using Bramble.Linux.Net;
using Microsoft.Extensions.Logging;

namespace Bramble.Serving;

/// <summary>Receives the up-beacons of clients on a UDP port and sends back what <paramref name="answer"/> makes of them.</summary>
/// <param name="answer">From source address and datagram to the reply, or null for none. Must not throw for any datagram.</param>
/// <param name="logger">The log.</param>
internal sealed partial class BeaconListener(Func<Ipv4Address, ReadOnlyMemory<byte>, byte[]?> answer, ILogger logger) : IDisposable
{
    private const int LargestBeacon = 512;

    private readonly CancellationTokenSource _stop = new();
    private Socket? _socket;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="SocketException">The port is taken or not allowed.</exception>
    public void Start(int port)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(IPAddress.Any, port));
        _ = ReceiveLoop(_socket);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _socket?.Dispose();
        _stop.Dispose();
    }

    private async Task ReceiveLoop(Socket socket)
    {
        byte[] buffer = new byte[LargestBeacon];
        var anyone = new IPEndPoint(IPAddress.Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, anyone, _stop.Token).ConfigureAwait(false);
                var from = (IPEndPoint)received.RemoteEndPoint;
                byte[]? reply = answer(Ipv4Address.FromOctets(from.Address.GetAddressBytes()), buffer.AsMemory(0, received.ReceivedBytes));
                if (reply is not null)
                {
                    await socket.SendToAsync(reply, SocketFlags.None, from, _stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Such as an ICMP "port unreachable" for an earlier reply, or a datagram longer than a beacon.
                LogSocket(logger, e.SocketErrorCode);
            }
        }
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Debug, Message = "Beacon socket: {Error}")]
    private static partial void LogSocket(ILogger logger, SocketError error);
}
