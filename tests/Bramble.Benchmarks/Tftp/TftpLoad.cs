using System.Diagnostics;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Bramble.Tftp.Wire;

namespace Bramble.Benchmarks.Tftp;

/// <summary>
/// Many TFTP clients in one loop on one socket: each client is a loopback address of its own, so that the generator
/// takes and sends in batches and stays cheaper than any server.
/// </summary>
internal sealed class TftpLoad : IDisposable
{
    private static readonly Ipv4Address s_firstClient = Ipv4Address.Parse("127.1.0.1");
    private static readonly TimeSpan s_resendAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_giveUpAfter = TimeSpan.FromSeconds(120);

    private readonly UdpSocket _socket = UdpSocket.Bind(default, new UdpSocketSettings { ReceiveBufferBytes = 16 << 20, SendBufferBytes = 4 << 20 });
    private readonly UdpReceiveBatch _received;
    private readonly UdpSendBatch _sending = new(128, 256 * 1024);
    private readonly UdpPollSet _poll = new();
    private readonly UdpEndpoint _server;
    private readonly string _file;
    private readonly TftpLoadCase _case;
    private readonly Client[] _clients;
    private readonly long _lastBlock;
    private int _running;
    private int _resent;

    public TftpLoad(UdpEndpoint server, string file, TftpLoadCase load)
    {
        _server = server;
        _file = file;
        _case = load;
        // No longer than a packet: the less memory the packets go through, the more of it stays in the processor's cache.
        _received = new UdpReceiveBatch(128, Math.Max(512, load.BlockSize + TftpLimits.HeaderLength));
        _clients = new Client[load.Clients];
        _lastBlock = (load.Length / load.BlockSize) + 1;
        _poll.SetSockets([_socket]);
    }

    public TftpLoadResult Run()
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < _clients.Length; i++)
        {
            _clients[i].HeardAt = Stopwatch.GetTimestamp();
            SendRequest(i);
        }

        _sending.Flush(_socket);
        _running = _clients.Length;
        while (_running > 0 && Stopwatch.GetElapsedTime(start) < s_giveUpAfter)
        {
            _poll.Wait(100);
            int count;
            do
            {
                count = _received.Receive(_socket);
                long now = Stopwatch.GetTimestamp();
                for (int i = 0; i < count; i++)
                {
                    OnPacket(_received[i], now, start);
                }

                _sending.Flush(_socket);
            }
            while (count == _received.Capacity);
            if (count == 0)
            {
                ResendStalled();
            }
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        TimeSpan[] times = [.. _clients.Where(c => c.Time > TimeSpan.Zero).Select(c => c.Time)];
        return new TftpLoadResult(elapsed, times, _clients.Sum(c => c.Bytes), _resent, _running, Environment.CpuUsage.TotalTime - cpu);
    }

    public void Dispose()
    {
        _poll.Dispose();
        _sending.Dispose();
        _received.Dispose();
        _socket.Dispose();
    }

    private void OnPacket(in UdpPacket packet, long now, long start)
    {
        int index = (int)(packet.LocalAddress.Value - s_firstClient.Value);
        if ((uint)index >= (uint)_clients.Length || _clients[index].Time > TimeSpan.Zero)
        {
            return;
        }

        ref Client client = ref _clients[index];
        if (TftpPacketReader.TryReadData(packet.Data, out ushort number, out ReadOnlySpan<byte> data))
        {
            client.Port = packet.Source.Port;
            if (number != (ushort)(client.Block + 1))
            {
                return;
            }

            client.HeardAt = now;
            client.Block++;
            client.Bytes += data.Length;
            bool last = client.Block == _lastBlock;
            if (last || ++client.InWindow >= _case.WindowSize)
            {
                Acknowledge(index);
            }

            if (last)
            {
                client.Time = Stopwatch.GetElapsedTime(start, now);
                _running--;
            }
        }
        else if (packet.Data.Length > 1 && packet.Data[1] == (byte)TftpOpcode.OptionAcknowledgment && client.Block == 0)
        {
            client.Port = packet.Source.Port;
            client.HeardAt = now;
            Acknowledge(index);
        }
        else if (TftpPacketReader.TryReadError(packet.Data, out ushort code, out ReadOnlySpan<byte> message))
        {
            throw new InvalidOperationException($"the server answered error {code}: {System.Text.Encoding.ASCII.GetString(message)}");
        }
    }

    private void ResendStalled()
    {
        for (int i = 0; i < _clients.Length; i++)
        {
            if (_clients[i].Time == TimeSpan.Zero && Stopwatch.GetElapsedTime(_clients[i].HeardAt) > s_resendAfter)
            {
                _clients[i].HeardAt = Stopwatch.GetTimestamp();
                _resent++;
                if (_clients[i].Port == 0)
                {
                    SendRequest(i);
                }
                else
                {
                    Acknowledge(i);
                }
            }
        }

        _sending.Flush(_socket);
    }

    private void SendRequest(int index)
    {
        var options = new TftpOptionSet();
        options.TryAdd(TftpOptionKind.TransferSize, 0);
        options.TryAdd(TftpOptionKind.BlockSize, _case.BlockSize);
        if (_case.WindowSize > 1)
        {
            options.TryAdd(TftpOptionKind.WindowSize, _case.WindowSize);
        }

        int length = TftpPacketWriter.WriteRequest(Reserve(512), TftpOpcode.ReadRequest, _file, "octet", options);
        _sending.Commit(length, _server, AddressOf(index));
    }

    private void Acknowledge(int index)
    {
        _clients[index].InWindow = 0;
        int length = TftpPacketWriter.WriteAcknowledgment(Reserve(4), (ushort)_clients[index].Block);
        _sending.Commit(length, _server with { Port = _clients[index].Port }, AddressOf(index));
    }

    private Span<byte> Reserve(int bytes)
    {
        if (!_sending.HasRoom(bytes))
        {
            _sending.Flush(_socket);
        }

        return _sending.Reserve(bytes);
    }

    private static Ipv4Address AddressOf(int index) => new(s_firstClient.Value + (uint)index);

    private struct Client
    {
        public ushort Port;
        public long Block;
        public int InWindow;
        public long Bytes;
        public long HeardAt;
        public TimeSpan Time;
    }
}
