using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Wire;

/// <summary>
/// A received DHCP message, read in place. <see cref="TryParse"/> walks every option once, so later look-ups cannot
/// run over an edge; nothing here throws or allocates, whatever the octets.
/// </summary>
public readonly ref struct DhcpPacket
{
    private readonly ReadOnlySpan<byte> _datagram;
    private readonly byte _overload;

    private DhcpPacket(ReadOnlySpan<byte> datagram, byte overload)
    {
        _datagram = datagram;
        _overload = overload;
        MessageType = DhcpMessageType.None;
    }

    /// <summary>op: 1 from a client, 2 from a server.</summary>
    public byte Op => _datagram[DhcpHeader.Op];

    /// <summary>hops: relay agents passed.</summary>
    public byte Hops => _datagram[DhcpHeader.Hops];

    /// <summary>xid: the transaction.</summary>
    public uint Xid => BinaryPrimitives.ReadUInt32BigEndian(_datagram[DhcpHeader.Xid..]);

    /// <summary>secs: seconds since the client began, as it says.</summary>
    public ushort Secs => BinaryPrimitives.ReadUInt16BigEndian(_datagram[DhcpHeader.Secs..]);

    /// <summary>flags.</summary>
    public ushort Flags => BinaryPrimitives.ReadUInt16BigEndian(_datagram[DhcpHeader.Flags..]);

    /// <summary>True if the client cannot take unicast before it has its address.</summary>
    public bool WantsBroadcast => (Flags & DhcpHeader.BroadcastFlag) != 0;

    /// <summary>ciaddr: the address that the client has and answers ARP for.</summary>
    public Ipv4Address Ciaddr => Ipv4Address.FromOctets(_datagram[DhcpHeader.Ciaddr..]);

    /// <summary>yiaddr: the address given (replies only).</summary>
    public Ipv4Address Yiaddr => Ipv4Address.FromOctets(_datagram[DhcpHeader.Yiaddr..]);

    /// <summary>siaddr: the next server (replies only).</summary>
    public Ipv4Address Siaddr => Ipv4Address.FromOctets(_datagram[DhcpHeader.Siaddr..]);

    /// <summary>giaddr: the relay agent, or 0.0.0.0.</summary>
    public Ipv4Address Giaddr => Ipv4Address.FromOctets(_datagram[DhcpHeader.Giaddr..]);

    /// <summary>chaddr: the client's Ethernet address.</summary>
    public MacAddress Chaddr => MacAddress.FromOctets(_datagram[DhcpHeader.Chaddr..]);

    /// <summary>The octets of <c>file</c>; empty where options are in it.</summary>
    public ReadOnlySpan<byte> File => (_overload & 1) != 0 ? default : _datagram.Slice(DhcpHeader.File, DhcpHeader.FileLength);

    /// <summary>Option 53.</summary>
    public DhcpMessageType MessageType { get; private init; }

    /// <summary>The fixed header with the magic cookie, 240 octets.</summary>
    internal ReadOnlySpan<byte> Header => _datagram[..DhcpHeader.Options];

    /// <summary>Checks and opens a datagram.</summary>
    /// <param name="datagram">UDP payload; must outlive the packet.</param>
    /// <param name="packet">The open packet if the result is true.</param>
    /// <param name="reason">Why not, if the result is false.</param>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out DhcpPacket packet, out DhcpDropReason reason)
    {
        packet = default;
        reason = CheckHeader(datagram);
        if (reason != DhcpDropReason.None)
        {
            return false;
        }

        if (!TryWalk(datagram[DhcpHeader.Options..], out byte overload, out _)
            || ((overload & 1) != 0 && !TryWalk(datagram.Slice(DhcpHeader.File, DhcpHeader.FileLength), out _, out _))
            || ((overload & 2) != 0 && !TryWalk(datagram.Slice(DhcpHeader.Sname, DhcpHeader.SnameLength), out _, out _)))
        {
            reason = DhcpDropReason.BadOption;
            return false;
        }

        var open = new DhcpPacket(datagram, overload);
        byte type = 0;
        if (!open.TryGetByte(DhcpOption.MessageType, ref type) || type is 0 or > (byte)DhcpMessageType.Inform)
        {
            reason = DhcpDropReason.WrongMessageType;
            return false;
        }

        packet = new DhcpPacket(datagram, overload) { MessageType = (DhcpMessageType)type };
        return true;
    }

    /// <summary>Looks an option up. Several instances are one value (RFC 3396), joined in <paramref name="scratch"/>.</summary>
    /// <param name="code">See <see cref="DhcpOption"/>.</param>
    /// <param name="scratch">Room for a joined value; one that does not fit counts as absent.</param>
    /// <param name="value">The value, in the packet or in <paramref name="scratch"/>.</param>
    public bool TryGetOption(byte code, Span<byte> scratch, out ReadOnlySpan<byte> value)
    {
        value = default;
        int found = 0;
        int joined = 0;
        var options = new DhcpOptionEnumerator(this);
        while (options.MoveNext())
        {
            if (options.Code != code)
            {
                continue;
            }

            if (found == 0)
            {
                value = options.Value;
            }
            else
            {
                if (found == 1)
                {
                    if (!value.TryCopyTo(scratch))
                    {
                        return false;
                    }

                    joined = value.Length;
                }

                if (!options.Value.TryCopyTo(scratch[joined..]))
                {
                    return false;
                }

                joined += options.Value.Length;
                value = scratch[..joined];
            }

            found++;
        }

        return found > 0;
    }

    /// <summary>True if the option is there, whatever its value.</summary>
    public bool HasOption(byte code)
    {
        var options = new DhcpOptionEnumerator(this);
        while (options.MoveNext())
        {
            if (options.Code == code)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An option of one octet; false, and <paramref name="value"/> untouched, if absent or of another size.</summary>
    public bool TryGetByte(byte code, ref byte value)
    {
        Span<byte> scratch = stackalloc byte[4];
        if (!TryGetOption(code, scratch, out ReadOnlySpan<byte> octets) || octets.Length != 1)
        {
            return false;
        }

        value = octets[0];
        return true;
    }

    /// <summary>An option whose first two octets are a number (57, 93); false if absent or shorter.</summary>
    public bool TryGetUInt16(byte code, out ushort value)
    {
        Span<byte> scratch = stackalloc byte[64];
        value = 0;
        if (!TryGetOption(code, scratch, out ReadOnlySpan<byte> octets) || octets.Length < 2)
        {
            return false;
        }

        value = BinaryPrimitives.ReadUInt16BigEndian(octets);
        return true;
    }

    /// <summary>An option of one address (50, 54); false if absent or of another size.</summary>
    public bool TryGetAddress(byte code, out Ipv4Address value)
    {
        Span<byte> scratch = stackalloc byte[8];
        value = default;
        if (!TryGetOption(code, scratch, out ReadOnlySpan<byte> octets) || octets.Length != 4)
        {
            return false;
        }

        value = Ipv4Address.FromOctets(octets);
        return true;
    }

    /// <summary>The field that holds the given part of the options: 0 the options field, 1 file, 2 sname (RFC 3396 section 5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> OptionField(int part) => part switch
    {
        0 => _datagram[DhcpHeader.Options..],
        1 when (_overload & 1) != 0 => _datagram.Slice(DhcpHeader.File, DhcpHeader.FileLength),
        2 when (_overload & 2) != 0 => _datagram.Slice(DhcpHeader.Sname, DhcpHeader.SnameLength),
        _ => default,
    };

    private static DhcpDropReason CheckHeader(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < DhcpHeader.Options)
        {
            return DhcpDropReason.TooShort;
        }

        if (datagram[DhcpHeader.Op] is not (DhcpHeader.BootRequest or DhcpHeader.BootReply))
        {
            return DhcpDropReason.WrongOp;
        }

        if (datagram[DhcpHeader.Htype] != DhcpHeader.Ethernet || datagram[DhcpHeader.Hlen] != MacAddress.Length)
        {
            return DhcpDropReason.WrongHardware;
        }

        if ((datagram[DhcpHeader.Chaddr] & 1) != 0 || MacAddress.FromOctets(datagram[DhcpHeader.Chaddr..]).Value == 0)
        {
            return DhcpDropReason.WrongClientAddress;
        }

        return BinaryPrimitives.ReadUInt32BigEndian(datagram[DhcpHeader.Cookie..]) == DhcpHeader.MagicCookie
            ? DhcpDropReason.None
            : DhcpDropReason.NoCookie;
    }

    // A missing End is tolerated (old clients leave it out when the field is full); an option over the edge is not.
    private static bool TryWalk(ReadOnlySpan<byte> field, out byte overload, out int end)
    {
        overload = 0;
        end = 0;
        while (end < field.Length)
        {
            byte code = field[end];
            if (code == DhcpOption.Pad)
            {
                end++;
                continue;
            }

            if (code == DhcpOption.End)
            {
                return true;
            }

            if (end + 1 >= field.Length || end + 2 + field[end + 1] > field.Length)
            {
                return false;
            }

            int length = field[end + 1];
            if (code == DhcpOption.Overload)
            {
                if (length != 1 || field[end + 2] is 0 or > 3)
                {
                    return false;
                }

                overload = field[end + 2];
            }

            end += 2 + length;
        }

        return true;
    }
}
