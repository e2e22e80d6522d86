using System.Net;
using System.Net.Sockets;
using Bramble.Tftp.Transfers;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Tests.Support;

/// <summary>A TFTP client that shows every packet.</summary>
internal sealed class TestClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _buffer = new byte[65536];

    public TestClient(IPEndPoint server, IPEndPoint? local = null)
    {
        RequestEndpoint = server;
        _socket.Bind(local ?? new IPEndPoint(IPAddress.Loopback, 0));
        _socket.ReceiveTimeout = 10_000;
        _socket.ReceiveBufferSize = 1 << 20;
    }

    public IPEndPoint RequestEndpoint { get; }

    /// <summary>Where the last packet came from.</summary>
    public EndPoint? Peer { get; private set; }

    /// <summary>The options of the last file's OACK.</summary>
    public string? Agreed { get; private set; }

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    public static TftpOptionSet Options(params (TftpOptionKind Kind, long Value)[] options)
    {
        var set = new TftpOptionSet();
        foreach ((TftpOptionKind kind, long value) in options)
        {
            Assert.True(set.TryAdd(kind, value));
        }

        return set;
    }

    public void Request(string name, TftpOptionSet options, TftpOpcode opcode = TftpOpcode.ReadRequest, string mode = "octet")
    {
        Span<byte> packet = stackalloc byte[1024];
        int length = TftpPacketWriter.WriteRequest(packet, opcode, name, mode, options);
        SendTo(RequestEndpoint, packet[..length]);
    }

    public void SendTo(EndPoint to, ReadOnlySpan<byte> packet) => _socket.SendTo(packet, to);

    public void Acknowledge(int block)
    {
        Span<byte> packet = stackalloc byte[4];
        TftpPacketWriter.WriteAcknowledgment(packet, (ushort)block);
        _socket.SendTo(packet, Peer!);
    }

    public void SendError(ushort code, string message)
    {
        Span<byte> packet = stackalloc byte[512];
        int length = TftpPacketWriter.WriteError(packet, (Bramble.Tftp.Serving.TftpErrorCode)code, message);
        _socket.SendTo(packet[..length], Peer!);
    }

    /// <summary>Waits for a packet.</summary>
    public ReadOnlySpan<byte> Receive()
    {
        EndPoint peer = new IPEndPoint(IPAddress.Any, 0);
        int length = _socket.ReceiveFrom(_buffer, ref peer);
        Peer = peer;
        return _buffer.AsSpan(0, length);
    }

    public bool HasPacketWithin(int milliseconds) => _socket.Poll(milliseconds * 1000, SelectMode.SelectRead);

    public (ushort Code, string Message) ReceiveError()
    {
        Assert.True(TftpPacketReader.TryReadError(Receive(), out ushort code, out ReadOnlySpan<byte> message));
        return (code, System.Text.Encoding.ASCII.GetString(message));
    }

    public string ReceiveOptions()
    {
        ReadOnlySpan<byte> packet = Receive();
        Assert.Equal((byte)TftpOpcode.OptionAcknowledgment, packet[1]);
        return System.Text.Encoding.ASCII.GetString(packet[2..]).Replace('\0', ' ').TrimEnd();
    }

    /// <summary>Reads a file without loss, as a well-behaved client does.</summary>
    public byte[] Fetch(string name, TftpOptionSet options, string mode = "octet", BlockRollover rollover = BlockRollover.ToZero)
    {
        Request(name, options, mode: mode);
        var file = new MemoryStream();
        int blockSize = options.BlockSize > 0 ? options.BlockSize : TftpLimits.DefaultBlockSize;
        int window = Math.Max(1, options.WindowSize);
        if (options.Count > 0)
        {
            Agreed = ReceiveOptions();
            Acknowledge(0);
        }

        long acknowledged = 0;
        for (long block = 1; ;)
        {
            Assert.True(TftpPacketReader.TryReadData(Receive(), out ushort number, out ReadOnlySpan<byte> data));
            if (number != BlockNumbers.ToWire(block, rollover))
            {
                // On a busy machine this thread may sleep until the server sends a window again: blocks that are here already.
                long seen = block - 1;
                while (BlockNumbers.ToWire(seen, rollover) != number)
                {
                    Assert.True(--seen > block - 1 - (2 * window) && seen > 0, $"block {number} instead of {BlockNumbers.ToWire(block, rollover)}");
                }

                if (seen == acknowledged)
                {
                    Acknowledge(number);
                }

                continue;
            }

            file.Write(data);
            bool last = data.Length < blockSize;
            if (last || block % window == 0)
            {
                Acknowledge(number);
                acknowledged = block;
            }

            if (last)
            {
                return file.ToArray();
            }

            block++;
        }
    }

    /// <summary>Reads in lockstep and does something before it acknowledges a block; returns what came and the text of an ERROR.</summary>
    public (byte[] Content, string? Error) FetchWhile(string name, TftpOptionSet options, int atBlock, Action then)
    {
        Request(name, options);
        ReceiveOptions();
        Acknowledge(0);
        var file = new MemoryStream();
        while (true)
        {
            ReadOnlySpan<byte> packet = Receive();
            if (!TftpPacketReader.TryReadData(packet, out ushort number, out ReadOnlySpan<byte> data))
            {
                Assert.True(TftpPacketReader.TryReadError(packet, out _, out ReadOnlySpan<byte> message));
                return (file.ToArray(), System.Text.Encoding.ASCII.GetString(message));
            }

            file.Write(data);
            bool last = data.Length < options.BlockSize;
            if (number == atBlock)
            {
                then();
            }

            Acknowledge(number);
            if (last)
            {
                return (file.ToArray(), null);
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
