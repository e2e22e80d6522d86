using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Integration.Tests.Tftp;

/// <summary>A TFTP client that sends a name as it is given, from an address of the boards' side.</summary>
internal sealed class RawClient(string networkNamespace, string address, string server = "10.77.0.1")
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks for a file: its content in Latin-1, or <c>error N: text</c>, or nothing.</summary>
    public string? Read(string name) => Read(Encoding.Latin1.GetBytes(name), s_patience);

    /// <summary>The same with how long to wait for each packet.</summary>
    public string? Read(byte[] name, TimeSpan patience)
    {
        using Socket socket = NetworkNamespace.In(networkNamespace, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        socket.ReceiveTimeout = (int)patience.TotalMilliseconds;
        socket.SendTo([0, 1, .. name, 0, .. "octet"u8, 0], new IPEndPoint(IPAddress.Parse(server), 69));
        var content = new MemoryStream();
        byte[] packet = new byte[2048];
        while (true)
        {
            EndPoint peer = new IPEndPoint(IPAddress.Any, 0);
            int length;
            try
            {
                length = socket.ReceiveFrom(packet, ref peer);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut)
            {
                return null;
            }

            if (packet[1] == 5)
            {
                return $"error {BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2))}: {Encoding.ASCII.GetString(packet, 4, length - 5)}";
            }

            content.Write(packet, 4, length - 4);
            socket.SendTo([0, 4, packet[2], packet[3]], peer);
            if (length < 516)
            {
                return Encoding.Latin1.GetString(content.ToArray());
            }
        }
    }
}
