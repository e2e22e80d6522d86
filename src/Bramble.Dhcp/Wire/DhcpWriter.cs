using System.Buffers.Binary;
using System.Text;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Wire;

/// <summary>
/// Writes one DHCP message into a buffer of the caller without allocating. An option that does not fit is left out
/// whole and counted in <see cref="Omitted"/>; so the caller adds what matters most first. What must never be left out is
/// added behind <see cref="BeginTail"/>, where room was kept for it.
/// </summary>
public ref struct DhcpWriter
{
    private const int OverloadLength = 3;

    private readonly Span<byte> _buffer;
    private readonly int _limit;
    private int _length;
    private int _kept;
    private bool _overloads;
    private int _file;
    private int _sname;

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

    /// <summary>file, with zeros behind (RFC 2131 section 2); nothing if it is longer than 127 octets. Not together with <see cref="AllowOverload"/>.</summary>
    public readonly void SetBootFile(string name)
    {
        if (name.Length < DhcpHeader.FileLength)
        {
            Encoding.ASCII.GetBytes(name, _buffer.Slice(DhcpHeader.File, DhcpHeader.FileLength));
        }
    }

    /// <summary>How many octets an option takes, split where it is longer than 255 (RFC 3396).</summary>
    /// <param name="length">Length of its value.</param>
    public static int WireLength(int length) => length + (2 * Math.Max(1, (length + 254) / 255));

    /// <summary>Keeps room for the options behind <see cref="BeginTail"/>.</summary>
    /// <param name="octets">Their <see cref="WireLength"/>.</param>
    public void KeepForTail(int octets) => _kept += octets;

    /// <summary>
    /// Lets options that the options field has no room for go into file and sname (option 52, RFC 2132 section 9.3), each
    /// whole in one of the fields. Not for boot firmware, which reads a file name there.
    /// </summary>
    public void AllowOverload()
    {
        _overloads = true;
        _kept += OverloadLength;
    }

    /// <summary>From here on options use the room that was kept. What went into file and sname is closed.</summary>
    public void BeginTail()
    {
        _kept = 0;
        if (_overloads && _file + _sname > 0)
        {
            _buffer[_length++] = DhcpOption.Overload;
            _buffer[_length++] = 1;
            _buffer[_length++] = (byte)((_file > 0 ? 1 : 0) | (_sname > 0 ? 2 : 0));
            Close(DhcpHeader.File, _file);
            Close(DhcpHeader.Sname, _sname);
        }

        _overloads = false;
    }

    /// <summary>Adds an option; a value over 255 octets becomes several instances (RFC 3396).</summary>
    public void Add(byte code, scoped ReadOnlySpan<byte> value)
    {
        int length = WireLength(value.Length);
        if (_length + length <= _limit - _kept)
        {
            Write(_buffer[_length..], code, value);
            _length += length;
        }
        else if (_overloads && _file + length < DhcpHeader.FileLength)
        {
            Write(_buffer[(DhcpHeader.File + _file)..], code, value);
            _file += length;
        }
        else if (_overloads && _sname + length < DhcpHeader.SnameLength)
        {
            Write(_buffer[(DhcpHeader.Sname + _sname)..], code, value);
            _sname += length;
        }
        else
        {
            Omitted++;
        }
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

    private static void Write(Span<byte> field, byte code, scoped ReadOnlySpan<byte> value)
    {
        do
        {
            int part = Math.Min(value.Length, 255);
            field[0] = code;
            field[1] = (byte)part;
            value[..part].CopyTo(field[2..]);
            field = field[(2 + part)..];
            value = value[part..];
        }
        while (!value.IsEmpty);
    }

    private readonly void Close(int field, int used)
    {
        if (used > 0)
        {
            _buffer[field + used] = DhcpOption.End;
        }
    }
}
