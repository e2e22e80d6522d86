using Bramble.Linux.Net;
using Bramble.Linux.Sockets;
using Xunit;

namespace Bramble.Linux.Tests.Sockets;

/// <summary>The kernel itself runs the filters: on UDP sockets of the loopback interface, whose filters see the UDP header and the payload.</summary>
public sealed class SocketFilterTests : IDisposable
{
    private const int Payload = 8;

    private static readonly UdpEndpoint s_any = new(Ipv4Address.Parse("127.0.0.1"), 0);
    private static readonly byte[] s_datagram = [1, 6, 0xAB, 0xCD, 0x12, 0x34, 0x56, 0x78];

    private readonly UdpSocket _sender = UdpSocket.Bind(s_any, new UdpSocketSettings());
    private readonly UdpSendBatch _sending = new(4, UdpSendBatch.MaxMessageBytes);
    private readonly UdpReceiveBatch _received = new(4, 64);

    public void Dispose()
    {
        _received.Dispose();
        _sending.Dispose();
        _sender.Dispose();
    }

    public static TheoryData<string, bool> Conditions => new()
    {
        { "byte is", true }, { "byte is not", false },
        { "byte at most", true }, { "byte more", false },
        { "half is", true }, { "half is not", false }, { "half masked", true }, { "half masked differs", false },
        { "word is", true }, { "word is not", false }, { "word masked", true }, { "word masked differs", false },
        { "long enough", true }, { "too short", false }, { "behind the end", false },
        { "all hold", true }, { "the first fails", false }, { "the last fails", false },
        { "behind a header of 4 octets", true }, { "behind a header of 4 octets differs", false },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Lets_through_what_meets_every_condition(string condition, bool passes)
    {
        SocketFilter filter = condition switch
        {
            "byte is" => new SocketFilter().ByteIs(Payload + 1, 6),
            "byte is not" => new SocketFilter().ByteIs(Payload + 1, 7),
            "byte at most" => new SocketFilter().ByteIsAtMost(Payload + 1, 6),
            "byte more" => new SocketFilter().ByteIsAtMost(Payload + 1, 5),
            "half is" => new SocketFilter().HalfIs(Payload + 2, 0xABCD),
            "half is not" => new SocketFilter().HalfIs(Payload + 2, 0xCDAB),
            "half masked" => new SocketFilter().HalfIs(Payload + 2, 0x0BC0, mask: 0x0FF0),
            "half masked differs" => new SocketFilter().HalfIs(Payload + 2, 0x0BD0, mask: 0x0FF0),
            "word is" => new SocketFilter().WordIs(Payload + 4, 0x12345678),
            "word is not" => new SocketFilter().WordIs(Payload + 4, 0x78563412),
            "word masked" => new SocketFilter().WordIs(Payload + 4, 0x12340000, mask: 0xFFFF0000),
            "word masked differs" => new SocketFilter().WordIs(Payload + 4, 0x12350000, mask: 0xFFFF0000),
            "long enough" => new SocketFilter().LengthIsAtLeast(Payload + s_datagram.Length),
            "too short" => new SocketFilter().LengthIsAtLeast(Payload + s_datagram.Length + 1),
            "behind the end" => new SocketFilter().ByteIsAtMost(Payload + s_datagram.Length, 255),
            "all hold" => new SocketFilter().ByteIs(Payload, 1).ByteIsAtMost(Payload + 1, 9).HalfIs(Payload + 2, 0xABCD).WordIs(Payload + 4, 0x12345678),
            "the first fails" => new SocketFilter().ByteIs(Payload, 2).ByteIsAtMost(Payload + 1, 9).HalfIs(Payload + 2, 0xABCD).WordIs(Payload + 4, 0x12345678),
            "the last fails" => new SocketFilter().ByteIs(Payload, 1).ByteIsAtMost(Payload + 1, 9).HalfIs(Payload + 2, 0xABCD).WordIs(Payload + 4, 0),

            // Octet 0 says 1: an IPv4 header of one word of four octets.
            "behind a header of 4 octets" => new SocketFilter().HalfBehindIpHeaderIs(Payload, 2, 0x5678),
            "behind a header of 4 octets differs" => new SocketFilter().HalfBehindIpHeaderIs(Payload, 2, 0x1234),
            _ => throw new ArgumentException(condition, nameof(condition)),
        };
        using UdpSocket receiver = UdpSocket.Bind(s_any, new UdpSocketSettings { Filter = filter });
        Send(receiver);

        Assert.Equal(passes ? 1 : 0, _received.Receive(receiver));
    }

    // Loopback: what was sent is in the receiver's queue, or dropped, when the call returns.
    private void Send(UdpSocket receiver)
    {
        s_datagram.CopyTo(_sending.Reserve(s_datagram.Length));
        _sending.Commit(s_datagram.Length, receiver.LocalEndpoint, Ipv4Address.Any);
        _sending.Flush(_sender);
    }
}
