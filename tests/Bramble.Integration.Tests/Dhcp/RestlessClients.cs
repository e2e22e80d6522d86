using System.Diagnostics;
using Bramble.Dhcp.Wire;
using Bramble.Integration.Tests.Lab;
using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>
/// Clients behind a relay agent that take addresses, renew them and give them back without a pause, and remember what they were told.
/// They see every message of the server, for it answers all of them by way of the relay agent, whose socket is here.
/// </summary>
internal sealed class RestlessClients : IDisposable
{
    private const int Clients = 300;
    private const int AtOnce = 24;
    private const ulong FirstMac = 0x02_0D_00_00_00_00;

    private static readonly Ipv4Address s_server = Ipv4Address.Parse("10.77.0.1");
    private static readonly Ipv4Address s_relay = Ipv4Address.Parse("10.77.0.2");
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);

    private readonly Random _random;
    private readonly UdpSocket _socket;
    private readonly UdpReceiveBatch _received = new(64, 1500);
    private readonly UdpSendBatch _sending = new(64, UdpSendBatch.MaxMessageBytes);
    private readonly UdpPollSet _poll = new();
    private readonly Client[] _clients = new Client[Clients];
    private readonly Dictionary<Ipv4Address, int> _holders = [];
    private int _acks;

    public RestlessClients(Segment segment, Random random)
    {
        _random = random;
        Shell.Run("ip", "-n", segment.BoardNamespace, "addr", "add", $"{s_relay}/24", "dev", "pi0");
        _socket = NetworkNamespace.In(segment.BoardNamespace, () => UdpSocket.Bind(new UdpEndpoint(s_relay, 67), new UdpSocketSettings { ReceiveBufferBytes = 8 << 20 }));
        _poll.SetSockets([_socket]);
    }

    /// <summary>ACKs seen.</summary>
    public int Acks => Volatile.Read(ref _acks);

    /// <summary>Addresses that a client was told are its own and that it has not given back, with the least time until which that holds.</summary>
    public IEnumerable<(MacAddress Mac, Ipv4Address Address, DateTimeOffset Until)> Held =>
        _clients.Select((c, i) => (MacOf(i), c.Address, c.Until)).Where(held => !held.Address.IsAny);

    /// <summary>Goes on until told to stop, and then until nothing comes any more.</summary>
    public void Run(Func<bool> goOn)
    {
        while (goOn())
        {
            long now = Stopwatch.GetTimestamp();
            int busy = 0;
            for (int i = 0; i < Clients; i++)
            {
                _clients[i].IsBusy &= Stopwatch.GetElapsedTime(_clients[i].Asked, now) < s_patience;
                busy += _clients[i].IsBusy ? 1 : 0;
            }

            for (; busy < AtOnce; busy++)
            {
                Begin(_random.Next(Clients));
            }

            _sending.Flush(_socket);
            _poll.Wait(1);
            Receive();
        }

        do
        {
            _poll.Wait(30);
        }
        while (Receive() > 0);
        foreach (ref Client client in _clients.AsSpan())
        {
            client.IsBusy = false;
        }
    }

    /// <summary>
    /// Asks for each held address as a client does that was switched off (INIT-REBOOT): first as another client, which must not get
    /// it, then as its holder, which must.
    /// </summary>
    public void CheckWithServer()
    {
        foreach ((MacAddress mac, Ipv4Address address, _) in Held)
        {
            MacAddress stranger = _clients.Index().First(c => c.Item.Address != address && MacOf(c.Index) != mac).Index is var other ? MacOf(other) : default;
            Assert.NotEqual(DhcpMessageType.Ack, Ask(stranger, address, 0x7000_0001, waits: false));
            Assert.True(Ask(mac, address, 0x7000_0002, waits: true) == DhcpMessageType.Ack, $"{address} was acknowledged to {mac}, and the server does not know it");
        }
    }

    public void Dispose()
    {
        _poll.Dispose();
        _sending.Dispose();
        _received.Dispose();
        _socket.Dispose();
    }

    private static MacAddress MacOf(int client) => new(FirstMac + (ulong)client);

    private void Begin(int index)
    {
        ref Client client = ref _clients[index];
        if (client.IsBusy)
        {
            return;
        }

        if (client.Address.IsAny)
        {
            client.Begin();
            Send(index, DhcpMessageType.Discover, default, default);
        }
        else if (_random.Next(3) == 0)
        {
            // Another may have it from the moment that this may have arrived.
            Send(index, DhcpMessageType.Release, client.Address, default);
            Forget(index);
        }
        else
        {
            client.Begin();
            Send(index, DhcpMessageType.Request, client.Address, default);
        }
    }

    private void Forget(int index)
    {
        _holders.Remove(_clients[index].Address);
        _clients[index].Address = default;
    }

    private int Receive()
    {
        int count = _received.Receive(_socket);
        for (int i = 0; i < count; i++)
        {
            Assert.True(DhcpPacket.TryParse(_received[i].Data, out DhcpPacket packet, out _));
            if (packet.Xid < Clients)
            {
                OnPacket((int)packet.Xid, packet);
            }
        }

        _sending.Flush(_socket);
        return count;
    }

    private void OnPacket(int index, DhcpPacket packet)
    {
        ref Client client = ref _clients[index];
        switch (packet.MessageType)
        {
            case DhcpMessageType.Offer when client.IsBusy && client.Address.IsAny:
                client.RequestedAt = DateTimeOffset.UtcNow;
                Send(index, DhcpMessageType.Request, default, packet.Yiaddr);
                break;
            case DhcpMessageType.Ack:
                OnAck(index, packet);
                break;
            case DhcpMessageType.Nak:
                Forget(index);
                client.IsBusy = false;
                break;
        }
    }

    private void OnAck(int index, DhcpPacket packet)
    {
        ref Client client = ref _clients[index];
        Ipv4Address address = packet.Yiaddr;
        Volatile.Write(ref _acks, _acks + 1);
        Assert.True(packet.TryGetAddress(DhcpOption.LeaseTime, out Ipv4Address seconds));
        if (!client.IsBusy)
        {
            // It gave up, or gave the address back since: what it is told now it does not use.
            return;
        }

        Assert.False(
            _holders.TryGetValue(address, out int holder) && holder != index,
            $"{address} was acknowledged to {MacOf(index)} while {MacOf(holder)} held it until {_clients[holder].Until:O}");
        if (client.Address != address)
        {
            Forget(index);
        }

        _holders[address] = index;
        client.Address = address;
        client.Until = client.RequestedAt.AddSeconds(seconds.Value);
        client.IsBusy = false;
    }

    private DhcpMessageType Ask(MacAddress mac, Ipv4Address address, uint xid, bool waits)
    {
        Write(mac, xid, DhcpMessageType.Request, default, address, server: false);
        _sending.Flush(_socket);
        long start = Stopwatch.GetTimestamp();
        do
        {
            _poll.Wait(waits ? 100 : 1);
            int count = _received.Receive(_socket);
            for (int i = 0; i < count; i++)
            {
                if (DhcpPacket.TryParse(_received[i].Data, out DhcpPacket packet, out _) && packet.Xid == xid)
                {
                    return packet.MessageType;
                }
            }
        }
        while (waits && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
        return DhcpMessageType.None;
    }

    private void Send(int index, DhcpMessageType type, Ipv4Address ciaddr, Ipv4Address requested)
    {
        if (type == DhcpMessageType.Request)
        {
            _clients[index].RequestedAt = DateTimeOffset.UtcNow;
        }

        Write(MacOf(index), (uint)index, type, ciaddr, requested, server: !requested.IsAny || type == DhcpMessageType.Release);
    }

    private void Write(MacAddress mac, uint xid, DhcpMessageType type, Ipv4Address ciaddr, Ipv4Address requested, bool server)
    {
        if (!_sending.HasRoom(600))
        {
            _sending.Flush(_socket);
        }

        Span<byte> message = _sending.Reserve(600);
        var writer = new DhcpWriter(message, xid, mac, type);
        if (server)
        {
            writer.AddAddress(DhcpOption.ServerIdentifier, s_server);
        }

        if (!requested.IsAny)
        {
            writer.AddAddress(DhcpOption.RequestedAddress, requested);
        }

        int length = writer.Finish(pad: true);
        message[3] = 1;
        ciaddr.CopyTo(message[12..]);
        s_relay.CopyTo(message[24..]);
        _sending.Commit(length, new UdpEndpoint(s_server, 67), s_relay);
    }

    private struct Client
    {
        public Ipv4Address Address;
        public DateTimeOffset Until;
        public DateTimeOffset RequestedAt;
        public long Asked;
        public bool IsBusy;

        public void Begin()
        {
            IsBusy = true;
            Asked = Stopwatch.GetTimestamp();
        }
    }
}
