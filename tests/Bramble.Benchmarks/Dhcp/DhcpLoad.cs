using System.Buffers.Binary;
using System.Diagnostics;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;

namespace Bramble.Benchmarks.Dhcp;

/// <summary>
/// Many DHCP clients behind one relay agent, in one loop on one socket, as perfdhcp does it, but in batches: it costs a tenth of
/// perfdhcp's processor time, so that the server is what is measured. Each client is new and makes one exchange: DISCOVER, OFFER,
/// REQUEST, ACK. An exchange that does not end within a second is lost; nothing is sent twice.
/// </summary>
internal sealed class DhcpLoad : IDisposable
{
    private const int MessageLength = 300;
    private const int MaximumBatch = 64;
    private const uint FirstXid = 0x4000_0000;
    private const ulong FirstMac = 0x02_0C_01_00_00_00;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly UdpEndpoint _server;
    private readonly Ipv4Address _relay;
    private readonly UdpSocket _socket;
    private readonly UdpReceiveBatch _received = new(MaximumBatch, 1500);
    private readonly UdpSendBatch _sending = new(MaximumBatch, UdpSendBatch.MaxMessageBytes);
    private readonly UdpPollSet _poll = new();
    private readonly byte[] _discover = Message(DhcpMessageType.Discover);
    private readonly byte[] _request = Message(DhcpMessageType.Request);
    // No more: a carry into the first octet would make it a group's address, which no server answers.
    private readonly uint _round = (uint)Random.Shared.Next(1 << 19);
    private long[] _discoverSent = [];
    private long[] _acknowledged = [];
    private int _answered;

    public DhcpLoad(Ipv4Address server, Ipv4Address relay)
    {
        _server = new UdpEndpoint(server, DhcpBenchmark.ServerPort);
        _relay = relay;
        _socket = UdpSocket.Bind(new UdpEndpoint(relay, DhcpBenchmark.ServerPort), new UdpSocketSettings { ReceiveBufferBytes = 16 << 20, SendBufferBytes = 4 << 20 });
        _poll.SetSockets([_socket]);
    }

    /// <summary>Begins so many exchanges a second, evenly, whatever becomes of those before.</summary>
    public DhcpLoadResult Run(int rate, TimeSpan duration)
    {
        int count = (int)(rate * duration.TotalSeconds);
        _discoverSent = new long[count];
        _acknowledged = new long[count];
        _answered = 0;
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        long end = 0;
        int begun = 0;
        while (_answered < count)
        {
            long now = Stopwatch.GetTimestamp();
            int due = (int)Math.Min(count, (now - start) * (double)rate / Stopwatch.Frequency);
            for (int batch = 0; begun < due && batch < MaximumBatch; batch++, begun++)
            {
                SendDiscover(begun);
            }

            Flush();
            if (begun == count)
            {
                end = end == 0 ? now : end;
                if (Stopwatch.GetElapsedTime(end, now) > s_patience)
                {
                    break;
                }
            }

            // At a thousand a second and more the next is due within the shortest wait that there is.
            _poll.Wait(begun < count && rate >= 500 ? 0 : 1);
            Receive();
        }

        TimeSpan sending = Stopwatch.GetElapsedTime(start, end == 0 ? Stopwatch.GetTimestamp() : end);
        TimeSpan[] times = [.. Enumerable.Range(0, count)
            .Where(i => _acknowledged[i] != 0 && Stopwatch.GetElapsedTime(_discoverSent[i], _acknowledged[i]) <= s_patience)
            .Select(i => Stopwatch.GetElapsedTime(_discoverSent[i], _acknowledged[i])).Order()];
        return new DhcpLoadResult(count, times, sending, Environment.CpuUsage.TotalTime - cpu);
    }

    public void Dispose()
    {
        _poll.Dispose();
        _sending.Dispose();
        _received.Dispose();
        _socket.Dispose();
    }

    private static byte[] Message(DhcpMessageType type)
    {
        byte[] message = new byte[MessageLength];
        message[0] = 1;
        message[1] = 1;
        message[2] = MacAddress.Length;
        message[3] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(236), 0x6382_5363);
        byte[] options = [53, 1, (byte)type, 55, 7, 1, 28, 2, 3, 15, 6, 12, .. type == DhcpMessageType.Request ? (byte[])[54, 4, 0, 0, 0, 0, 50, 4, 0, 0, 0, 0] : [], 255];
        options.CopyTo(message, 240);
        return message;
    }

    private void Receive()
    {
        int count;
        do
        {
            count = _received.Receive(_socket);
            long now = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
            {
                OnPacket(_received[i].Data, now);
            }

            Flush();
        }
        while (count == MaximumBatch);
    }

    private void OnPacket(ReadOnlySpan<byte> message, long now)
    {
        if (!DhcpPacket.TryParse(message, out DhcpPacket packet, out _) || packet.Op != 2)
        {
            return;
        }

        uint index = packet.Xid - FirstXid;
        if (index >= (uint)_discoverSent.Length || _acknowledged[index] != 0 || packet.Chaddr != MacOf((int)index))
        {
            return;
        }

        if (packet.MessageType == DhcpMessageType.Offer && packet.TryGetAddress(54, out Ipv4Address server))
        {
            server.CopyTo(_request.AsSpan(254));
            packet.Yiaddr.CopyTo(_request.AsSpan(260));
            Send(_request, (int)index);
        }
        else if (packet.MessageType == DhcpMessageType.Ack)
        {
            _acknowledged[index] = now;
            _answered++;
        }
    }

    private void SendDiscover(int index)
    {
        _discoverSent[index] = Stopwatch.GetTimestamp();
        Send(_discover, index);
    }

    private void Send(byte[] message, int index)
    {
        if (!_sending.HasRoom(message.Length))
        {
            Flush();
        }

        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), FirstXid + (uint)index);
        _relay.CopyTo(message.AsSpan(24));
        MacOf(index).CopyTo(message.AsSpan(28));
        message.CopyTo(_sending.Reserve(message.Length));
        _sending.Commit(message.Length, _server, _relay);
    }

    private void Flush()
    {
        if (_sending.Count > 0)
        {
            _sending.Flush(_socket);
        }
    }

    // Another round is other clients.
    private MacAddress MacOf(int index) => new(FirstMac + ((ulong)_round << 20) + (uint)index);
}
