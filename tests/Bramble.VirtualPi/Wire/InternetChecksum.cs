namespace Bramble.VirtualPi.Wire;

/// <summary>The ones' complement sum of IPv4 and UDP (RFC 1071).</summary>
internal static class InternetChecksum
{
    public static uint Add(uint sum, ReadOnlySpan<byte> octets)
    {
        int i = 0;
        for (; i + 1 < octets.Length; i += 2)
        {
            sum += (uint)((octets[i] << 8) | octets[i + 1]);
        }

        if (i < octets.Length)
        {
            sum += (uint)(octets[i] << 8);
        }

        return sum;
    }

    public static ushort Finish(uint sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    /// <summary>The sum over the UDP pseudo header (RFC 768) and the datagram; 0 means a received datagram is whole.</summary>
    public static ushort Udp(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> datagram)
    {
        uint sum = Add(0, addresses);
        sum += 17;
        sum += (uint)datagram.Length;
        return Finish(Add(sum, datagram));
    }
}
