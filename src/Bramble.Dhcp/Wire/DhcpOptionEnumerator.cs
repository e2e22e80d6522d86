namespace Bramble.Dhcp.Wire;

/// <summary>Walks the options of a checked packet in the order of RFC 3396 section 5: options field, file, sname.</summary>
internal ref struct DhcpOptionEnumerator
{
    private readonly DhcpPacket _packet;
    private ReadOnlySpan<byte> _rest;
    private int _part;

    public DhcpOptionEnumerator(DhcpPacket packet)
    {
        _packet = packet;
        _rest = packet.OptionField(0);
        Value = default;
    }

    /// <summary>The code of the current option.</summary>
    public byte Code { get; private set; }

    /// <summary>The value of this instance of it.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    public bool MoveNext()
    {
        while (true)
        {
            if (_rest.IsEmpty || _rest[0] == DhcpOption.End)
            {
                if (++_part > 2)
                {
                    return false;
                }

                _rest = _packet.OptionField(_part);
                continue;
            }

            if (_rest[0] == DhcpOption.Pad)
            {
                _rest = _rest[1..];
                continue;
            }

            Code = _rest[0];
            Value = _rest.Slice(2, _rest[1]);
            _rest = _rest[(2 + _rest[1])..];
            return true;
        }
    }
}
