using System.Net;
using System.Net.Sockets;

namespace Bramble.Tftp.Tests.Support;

/// <summary>
/// Stands between one client and the server and loses, doubles and reorders packets on the way. The client asks
/// <see cref="Port"/>, and sees a second port as the server's transfer id, as it does without a relay.
/// </summary>
internal sealed class LossyRelay : IDisposable
{
    private readonly Socket _request = Open();
    private readonly Socket _transfer = Open();
    private readonly Socket _upstream = Open();
    private readonly IPEndPoint _server;
    private readonly Random _random;
    private readonly double _loss;
    private readonly double _duplication;
    private readonly double _reordering;
    private readonly Thread _thread;
    private EndPoint? _client;
    private EndPoint? _serverTransfer;
    private (Socket From, byte[] Packet, EndPoint To)? _held;
    private volatile bool _stop;

    public LossyRelay(IPEndPoint server, int seed, double loss, double duplication, double reordering)
    {
        _server = server;
        _random = new Random(seed);
        _loss = loss;
        _duplication = duplication;
        _reordering = reordering;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public int Port => ((IPEndPoint)_request.LocalEndPoint!).Port;

    public int Lost { get; private set; }

    public void Dispose()
    {
        _stop = true;
        _thread.Join();
        _request.Dispose();
        _transfer.Dispose();
        _upstream.Dispose();
    }

    private static Socket Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Run()
    {
        byte[] buffer = new byte[65536];
        while (!_stop)
        {
            var ready = new List<Socket> { _request, _transfer, _upstream };
            Socket.Select(ready, null, null, 20_000);
            if (ready.Count == 0)
            {
                Release();
            }

            foreach (Socket socket in ready)
            {
                EndPoint peer = new IPEndPoint(IPAddress.Any, 0);
                int length = socket.ReceiveFrom(buffer, ref peer);
                if (socket == _upstream)
                {
                    _serverTransfer = peer;
                    Pass(_transfer, buffer[..length], _client!);
                }
                else
                {
                    _client = peer;
                    Pass(_upstream, buffer[..length], socket == _request ? _server : _serverTransfer!);
                }
            }
        }
    }

    private void Pass(Socket from, byte[] packet, EndPoint to)
    {
        if (_random.NextDouble() < _loss)
        {
            Lost++;
            return;
        }

        if (_held is null && _random.NextDouble() < _reordering)
        {
            _held = (from, packet, to);
            return;
        }

        from.SendTo(packet, to);
        if (_random.NextDouble() < _duplication)
        {
            from.SendTo(packet, to);
        }

        Release();
    }

    private void Release()
    {
        if (_held is { } held)
        {
            _held = null;
            held.From.SendTo(held.Packet, held.To);
        }
    }
}
