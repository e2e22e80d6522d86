using System.Buffers.Binary;
using System.Text;
using Bramble.Linux.Net;

namespace Bramble.VirtualPi.Wire;

/// <summary>A BOOTREPLY with DHCP options (RFC 2131, RFC 2132), as far as a Pi looks at it.</summary>
internal sealed class DhcpReply
{
    private readonly byte[]?[] _options = new byte[]?[256];

    public byte Hops { get; private set; }

    public uint Xid { get; private set; }

    public Ipv4Address YourAddress { get; private set; }

    public Ipv4Address ServerAddress { get; private set; }

    public Ipv4Address RelayAddress { get; private set; }

    public MacAddress ClientMac { get; private set; }

    /// <summary>True when pad options (0) come before the end option.</summary>
    public bool PaddedBeforeEnd { get; private set; }

    /// <summary>True if the frame that brought it was a unicast one.</summary>
    public bool Unicast { get; set; }

    /// <summary>Option 53.</summary>
    public DhcpMessageType MessageType => _options[53] is [byte type] ? (DhcpMessageType)type : DhcpMessageType.None;

    /// <summary>Option 54.</summary>
    public Ipv4Address ServerIdentifier => Address(54);

    /// <summary>Option 1.</summary>
    public Ipv4Address SubnetMask => Address(1);

    /// <summary>First address of option 3.</summary>
    public Ipv4Address Router => Address(3);

    /// <summary>The option's octets; null when it is absent.</summary>
    public byte[]? Option(int code) => _options[code];

    /// <summary>The option as text, each octet one character; null when it is absent.</summary>
    public string? Text(int code) => _options[code] is { } octets ? Encoding.Latin1.GetString(octets) : null;

    /// <summary>Reads a message; false when it is no well-formed BOOTREPLY.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, out DhcpReply reply)
    {
        reply = new DhcpReply();
        if (message.Length < 241 || message[0] != 2 || message[1] != 1 || message[2] != MacAddress.Length
            || BinaryPrimitives.ReadUInt32BigEndian(message[236..]) != DhcpRequests.MagicCookie)
        {
            return false;
        }

        reply.Hops = message[3];
        reply.Xid = BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        reply.YourAddress = Ipv4Address.FromOctets(message[16..]);
        reply.ServerAddress = Ipv4Address.FromOctets(message[20..]);
        reply.RelayAddress = Ipv4Address.FromOctets(message[24..]);
        reply.ClientMac = MacAddress.FromOctets(message[28..]);
        return reply.ReadOptions(message[240..]);
    }

    private bool ReadOptions(ReadOnlySpan<byte> options)
    {
        bool padded = false;
        for (int i = 0; i < options.Length;)
        {
            int code = options[i++];
            if (code == 0)
            {
                padded = true;
                continue;
            }

            if (code == 255)
            {
                PaddedBeforeEnd = padded;
                return true;
            }

            if (i >= options.Length || i + 1 + options[i] > options.Length)
            {
                return false;
            }

            ReadOnlySpan<byte> value = options.Slice(i + 1, options[i]);
            i += 1 + value.Length;
            // RFC 3396: an option that comes twice is one option in two parts.
            _options[code] = _options[code] is { } first ? [.. first, .. value] : value.ToArray();
        }

        return false;
    }

    private Ipv4Address Address(int code) => _options[code] is { Length: >= 4 } octets ? Ipv4Address.FromOctets(octets) : default;
}
