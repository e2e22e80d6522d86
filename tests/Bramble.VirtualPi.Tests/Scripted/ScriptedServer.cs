using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Bramble.Linux.Net;
using Bramble.VirtualPi.Wire;

namespace Bramble.VirtualPi.Tests.Scripted;

/// <summary>DHCP, ARP and TFTP on frames, by a script; no sockets and no clock of its own.</summary>
internal sealed class ScriptedServer
{
    private static readonly MacAddress s_mac = new(0x0200_0000_0001);

    private readonly ServerScript _script;
    private readonly Dictionary<int, Session> _sessions = [];
    private readonly List<MacAddress> _boards = [];
    private int _nextPort = 30000;

    public ScriptedServer(ServerScript script) => _script = script;

    public List<byte[]> Discovers { get; } = [];

    public List<byte[]> Requests { get; } = [];

    /// <summary>Every read request, as path and options.</summary>
    public List<string> Reads { get; } = [];

    /// <summary>Every UDP frame that came with a checksum of 0.</summary>
    public int WithoutChecksum { get; private set; }

    /// <summary>Takes a frame of the board and gives the answers with their delays.</summary>
    public IEnumerable<(TimeSpan Delay, byte[] Frame)> Answer(byte[] frame)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(12)) == Frames.TypeArp)
        {
            return AnswerArp(frame);
        }

        Assert.True(UdpView.TryRead(frame, checksumReady: true, out UdpView view), "the board sent a broken frame");
        WithoutChecksum += frame[40] == 0 && frame[41] == 0 ? 1 : 0;
        byte[] payload = view.Payload.ToArray();
        return view.DestinationPort switch
        {
            67 => AnswerDhcp(payload),
            69 => AnswerRead(payload, view.SourcePort, MacAddress.FromOctets(frame.AsSpan(6))),
            _ => AnswerSession(payload, view.DestinationPort),
        };
    }

    private IEnumerable<(TimeSpan Delay, byte[] Frame)> AnswerArp(byte[] frame)
    {
        if (_script.AnswersArp && frame[21] == 1)
        {
            yield return (TimeSpan.Zero, Frames.Arp(
                2, s_mac, Ipv4Address.FromOctets(frame.AsSpan(38)), MacAddress.FromOctets(frame.AsSpan(22)), Ipv4Address.FromOctets(frame.AsSpan(28))));
        }
    }

    private IEnumerable<(TimeSpan Delay, byte[] Frame)> AnswerDhcp(byte[] message)
    {
        bool request = message[242] == 3;
        Ipv4Address client = AddressOf(MacAddress.FromOctets(message.AsSpan(28)));
        (request ? Requests : Discovers).Add(message);
        if (request ? !_script.Acks : !_script.Offers)
        {
            yield break;
        }

        if (request || !_script.SeparateProxy)
        {
            yield return (_script.AddressDelay, Reply(message, request ? (byte)5 : (byte)2, client, ServerScript.Server, boot: !request));
            yield break;
        }

        yield return (_script.AddressDelay, Reply(message, 2, client, ServerScript.Server, boot: false));
        yield return (_script.ProxyDelay, Reply(message, 2, default, ServerScript.Proxy, boot: true));
    }

    private Ipv4Address AddressOf(MacAddress board)
    {
        if (!_boards.Contains(board))
        {
            _boards.Add(board);
        }

        return new Ipv4Address(ServerScript.Client.Value + (_script.AddressPerBoard ? (uint)_boards.IndexOf(board) : 0));
    }

    private byte[] Reply(byte[] message, byte type, Ipv4Address address, Ipv4Address server, bool boot)
    {
        var options = new List<byte> { 53, 1, type };
        void put(byte code, ReadOnlySpan<byte> value) => options.AddRange([code, (byte)value.Length, .. value]);
        byte[] quad(Ipv4Address ip)
        {
            byte[] octets = new byte[4];
            ip.CopyTo(octets);
            return octets;
        }

        put(54, quad(server));
        if (!address.IsAny)
        {
            put(51, [0, 0, 14, 16]);
            put(1, [255, 255, 255, 0]);
            put(3, quad(ServerScript.Server));
        }

        if (boot && _script.Option66 is { } name)
        {
            put(66, Encoding.ASCII.GetBytes(name));
        }

        if (boot && _script.Option43 is { } menu)
        {
            put(60, "PXEClient"u8);
            put(97, DhcpRequests.OptionOf(message, 97));
            put(43, menu);
        }

        options.AddRange(new byte[_script.PadBeforeEnd]);
        options.Add(255);
        byte[] reply = new byte[240 + options.Count];
        message.AsSpan(0, 240).CopyTo(reply);
        reply[0] = 2;
        reply[3] = _script.Hops;
        address.CopyTo(reply.AsSpan(16));
        (boot && _script.SeparateProxy ? default : _script.Siaddr).CopyTo(reply.AsSpan(20));
        options.CopyTo(reply, 240);
        MacAddress to = _script.Unicast ? MacAddress.FromOctets(message.AsSpan(28)) : MacAddress.Broadcast;
        return Frames.Udp(s_mac, to, server, 67, _script.Unicast ? address : Ipv4Address.Broadcast, 68, 0, true, reply);
    }

    private IEnumerable<(TimeSpan Delay, byte[] Frame)> AnswerRead(byte[] request, int port, MacAddress mac)
    {
        string[] words = Encoding.ASCII.GetString(request, 2, request.Length - 3).Split('\0');
        Reads.Add(string.Join(' ', words));
        Assert.Equal("octet", words[1]);
        string path = words[0].Replace("//", "/", StringComparison.Ordinal);
        int session = _nextPort++;
        if (!_script.Files.TryGetValue(path, out byte[]? content))
        {
            yield return Send(mac, port, session, TftpPackets.Error(1, "File not found"));
            yield break;
        }

        var state = new Session { Mac = mac, Port = port, Content = content };
        _sessions[session] = state;
        if (words.Length == 2 || !_script.SendsOack)
        {
            yield return Send(mac, port, session, Block(state, 1));
            yield break;
        }

        var oack = new StringBuilder("\0\u0006");
        for (int i = 2; i + 1 < words.Length; i += 2)
        {
            string value = words[i] == "tsize" ? $"{content.Length + _script.TsizeError}" : $"{Math.Min(int.Parse(words[i + 1]), _script.BlockSizeCap)}";
            state.BlockSize = words[i] == "blksize" ? int.Parse(value, CultureInfo.InvariantCulture) : state.BlockSize;
            oack.Append(words[i]).Append('\0').Append(value).Append('\0');
        }

        byte[] packet = Encoding.ASCII.GetBytes(oack.ToString());
        yield return Send(mac, port, session, packet);
        if (_script.OackTwiceFor == path)
        {
            yield return Send(mac, port, session, packet);
        }
    }

    private IEnumerable<(TimeSpan Delay, byte[] Frame)> AnswerSession(byte[] packet, int port)
    {
        if (_sessions.TryGetValue(port, out Session? session) && TftpPackets.OpcodeOf(packet) == TftpOpcode.Ack
            && TftpPackets.NumberOf(packet) == (ushort)session.Sent)
        {
            long next = session.Sent + 1;
            bool ended = session.Sent * session.BlockSize > session.Content.Length || (session.Sent > 0 && session.LastLength < session.BlockSize);
            if (!ended && (_script.SilentAfterBlock == 0 || next <= _script.SilentAfterBlock))
            {
                yield return Send(session.Mac, session.Port, port, Block(session, next));
            }
        }
        else if (session is not null && TftpPackets.OpcodeOf(packet) == TftpOpcode.Error)
        {
            session.Error = packet;
        }
    }

    /// <summary>The ERROR packets that the board sent.</summary>
    public IEnumerable<byte[]> Errors
    {
        get
        {
            foreach (Session session in _sessions.Values)
            {
                if (session.Error is { } error)
                {
                    yield return error;
                }
            }
        }
    }

    private static byte[] Block(Session session, long number)
    {
        int offset = (int)((number - 1) * session.BlockSize);
        ReadOnlySpan<byte> data = session.Content.AsSpan(offset, Math.Min(session.BlockSize, session.Content.Length - offset));
        session.Sent = number;
        session.LastLength = data.Length;
        return [0, 3, (byte)(number >> 8), (byte)number, .. data];
    }

    private (TimeSpan Delay, byte[] Frame) Send(MacAddress mac, int port, int session, byte[] packet) =>
        (_script.TftpDelay, Frames.Udp(s_mac, mac, _script.SeparateProxy ? ServerScript.Proxy : ServerScript.Server, session, AddressOf(mac), port, 0, true, packet));

    private sealed class Session
    {
        public MacAddress Mac { get; init; }

        public int Port { get; init; }

        public byte[] Content { get; init; } = [];

        public int BlockSize { get; set; } = 512;

        public long Sent { get; set; }

        public int LastLength { get; set; } = int.MaxValue;

        public byte[]? Error { get; set; }
    }
}
