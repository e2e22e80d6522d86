using System.Buffers.Binary;
using System.Text;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Wire;

/// <summary>
/// Writes one DHCP message into a buffer of the caller without allocating. An option that does not fit is left out
/// whole and counted in <see cref="Omitted"/>; so the caller adds what matters most first.
/// </summary>
public ref struct DhcpWriter
{
    private readonly Span<byte> _buffer;
    private readonly int _limit;
    private int _length;

    /// <summary>Starts a BOOTREPLY to <paramref name="request"/>: xid, flags, giaddr and chaddr are taken from it (RFC 2131 table 3).</summary>
    /// <param name="buffer">Where the message goes; at least 300 octets.</param>
    /// <param name="limit">The greatest length, from option 57.</param>
    /// <param name="request">What is answered.</param>
    /// <param name="type">Option 53, written first.</param>
    public DhcpWriter(Span<byte> buffer, int limit, DhcpPacket request, DhcpMessageType type)
    {
        _buffer = buffer;
        _limit = Math.Min(limit, buffer.Length) - 1;
        request.Header.CopyTo(buffer);
        buffer[DhcpHeader.Op] = DhcpHeader.BootReply;
        buffer[DhcpHeader.Hops] = 0;
        buffer.Slice(DhcpHeader.Secs, 2).Clear();
        buffer.Slice(DhcpHeader.Ciaddr, DhcpHeader.Giaddr - DhcpHeader.Ciaddr).Clear();
        buffer.Slice(DhcpHeader.Chaddr + MacAddress.Length, DhcpHeader.Cookie - DhcpHeader.Chaddr - MacAddress.Length).Clear();
        _length = DhcpHeader.Options;
        AddByte(DhcpOption.MessageType, (byte)type);
    }

    /// <summary>Starts a BOOTREQUEST of our own: broadcast flag set, all addresses zero.</summary>
    /// <param name="buffer">Where the message goes; at least 300 octets.</param>
    /// <param name="xid">The transaction.</param>
    /// <param name="chaddr">The client address to use.</param>
    /// <param name="type">Option 53, written first.</param>
    public DhcpWriter(Span<byte> buffer, uint xid, MacAddress chaddr, DhcpMessageType type)
    {
        _buffer = buffer;
        _limit = Math.Min(DhcpHeader.DefaultMaximum, buffer.Length) - 1;
        buffer[..DhcpHeader.Options].Clear();
        buffer[DhcpHeader.Op] = DhcpHeader.BootRequest;
        buffer[DhcpHeader.Htype] = DhcpHeader.Ethernet;
        buffer[DhcpHeader.Hlen] = MacAddress.Length;
        BinaryPrimitives.WriteUInt32BigEndian(buffer[DhcpHeader.Xid..], xid);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[DhcpHeader.Flags..], DhcpHeader.BroadcastFlag);
        chaddr.CopyTo(buffer[DhcpHeader.Chaddr..]);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[DhcpHeader.Cookie..], DhcpHeader.MagicCookie);
        _length = DhcpHeader.Options;
        AddByte(DhcpOption.MessageType, (byte)type);
    }

    /// <summary>Options left out because they did not fit.</summary>
    public int Omitted { get; private set; }

    /// <summary>ciaddr.</summary>
    public readonly Ipv4Address Ciaddr
    {
        set => value.CopyTo(_buffer[DhcpHeader.Ciaddr..]);
    }

    /// <summary>yiaddr.</summary>
    public readonly Ipv4Address Yiaddr
    {
        set => value.CopyTo(_buffer[DhcpHeader.Yiaddr..]);
    }

    /// <summary>siaddr.</summary>
    public readonly Ipv4Address Siaddr
    {
        set => value.CopyTo(_buffer[DhcpHeader.Siaddr..]);
    }

    /// <summary>Sets the broadcast flag, whatever the client sent.</summary>
    public readonly void SetBroadcastFlag() => BinaryPrimitives.WriteUInt16BigEndian(_buffer[DhcpHeader.Flags..], DhcpHeader.BroadcastFlag);

    /// <summary>Adds an option; a value over 255 octets becomes several instances (RFC 3396).</summary>
    public void Add(byte code, scoped ReadOnlySpan<byte> value)
    {
        int instances = Math.Max(1, (value.Length + 254) / 255);
        if (_length + value.Length + (2 * instances) > _limit)
        {
            Omitted++;
            return;
        }

        do
        {
            int part = Math.Min(value.Length, 255);
            _buffer[_length] = code;
            _buffer[_length + 1] = (byte)part;
            value[..part].CopyTo(_buffer[(_length + 2)..]);
            _length += 2 + part;
            value = value[part..];
        }
        while (!value.IsEmpty);
    }

    /// <summary>Adds an option of one octet.</summary>
    public void AddByte(byte code, byte value) => Add(code, [value]);

    /// <summary>Adds an option of four octets, such as a time in seconds.</summary>
    public void AddUInt32(byte code, uint value)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        Add(code, octets);
    }

    /// <summary>Adds an option of one address.</summary>
    public void AddAddress(byte code, Ipv4Address value) => AddUInt32(code, value.Value);

    /// <summary>Adds an option of several addresses (at most 16 are sent); nothing if there are none.</summary>
    public void AddAddresses(byte code, ReadOnlySpan<Ipv4Address> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        values = values[..Math.Min(values.Length, 16)];
        Span<byte> octets = stackalloc byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i].CopyTo(octets[(4 * i)..]);
        }

        Add(code, octets);
    }

    /// <summary>Adds an ASCII text without a trailing NUL (RFC 2132 section 2); nothing if it is null, empty or over 255 characters.</summary>
    public void AddText(byte code, string? text)
    {
        if (text is { Length: > 0 and <= 255 })
        {
            Span<byte> octets = stackalloc byte[text.Length];
            Add(code, octets[..Encoding.ASCII.GetBytes(text, octets)]);
        }
    }

    /// <summary>Adds an address as a dotted quad in ASCII, without a trailing NUL.</summary>
    public void AddDottedQuad(byte code, Ipv4Address address)
    {
        Span<byte> text = stackalloc byte[15];
        int length = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            byte octet = (byte)(address.Value >> shift);
            octet.TryFormat(text[length..], out int written);
            length += written;
            if (shift > 0)
            {
                text[length++] = (byte)'.';
            }
        }

        Add(code, text[..length]);
    }

    /// <summary>Writes End and, if asked for, zeros behind it up to 300 octets (RFC 1542 section 2.1).</summary>
    /// <param name="pad">False for Raspberry Pi firmware: old EEPROM releases stumble over option 0.</param>
    /// <returns>The length of the message.</returns>
    public int Finish(bool pad)
    {
        _buffer[_length++] = DhcpOption.End;
        if (pad && _length < DhcpHeader.MinimumLength)
        {
            _buffer[_length..DhcpHeader.MinimumLength].Clear();
            _length = DhcpHeader.MinimumLength;
        }

        return _length;
    }
}
