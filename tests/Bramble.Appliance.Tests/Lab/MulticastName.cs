using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Bramble.Appliance.Tests.Lab;

/// <summary>Asks the segment for a name by multicast DNS (RFC 6762), as a PC does.</summary>
internal static class MulticastName
{
    /// <summary>The IPv4 address of a name; null if nobody answers within half a minute.</summary>
    public static IPAddress? Resolve(string networkNamespace, string name)
    {
        using Socket socket = NetworkNamespace.In(networkNamespace, () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(IPAddress.Parse("192.168.77.9"), 0));
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.Parse("192.168.77.9").GetAddressBytes());
        socket.ReceiveTimeout = 2000;

        // From a port other than 5353 this is a one-shot query, answered to it alone (RFC 6762, section 5.1).
        var query = new List<byte> { 0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (string label in name.Split('.'))
        {
            query.Add((byte)label.Length);
            query.AddRange(Encoding.ASCII.GetBytes(label));
        }

        query.AddRange([0, 0, 1, 0, 1]);
        byte[] answer = new byte[1500];
        for (int attempt = 0; attempt < 15; attempt++)
        {
            socket.SendTo(query.ToArray(), new IPEndPoint(IPAddress.Parse("224.0.0.251"), 5353));
            try
            {
                int length = socket.Receive(answer);

                // The first answer's record of type A ends the message or not; it is the four octets after a length of four.
                for (int i = query.Count; i + 14 <= length; i++)
                {
                    if (answer[i] == 0 && answer[i + 1] == 1 && (answer[i + 2] & 0x7F) == 0 && answer[i + 3] == 1 && answer[i + 8] == 0 && answer[i + 9] == 4)
                    {
                        return new IPAddress(answer.AsSpan(i + 10, 4));
                    }
                }
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut)
            {
                // Asked again.
            }
        }

        return null;
    }
}
