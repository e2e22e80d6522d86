using System.Buffers.Binary;

namespace Bramble.Fuzz.Targets;

/// <summary>A second reader of DHCP messages, slow and plain, to hold the product's against (RFC 2131, 2132, 3396).</summary>
internal sealed class DhcpReader
{
    private readonly Dictionary<byte, List<byte>> _options = [];

    /// <summary>Reads a message that has its 240 octets of header and cookie.</summary>
    public DhcpReader(byte[] message)
    {
        Message = message;
        Walk(message[240..]);
        int overload = Option(52) is [.., var last] ? last : 0;
        IsWhole &= overload <= 3;
        if ((overload & 1) != 0)
        {
            Walk(message[108..236]);
        }

        if ((overload & 2) != 0)
        {
            Walk(message[44..108]);
        }
    }

    /// <summary>The octets.</summary>
    public byte[] Message { get; }

    /// <summary>True if no option runs over the end of its field.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>True if the options field has its end mark.</summary>
    public bool HasEnd { get; private set; }

    /// <summary>Codes that come more than once.</summary>
    public HashSet<byte> Repeated { get; } = [];

    /// <summary>An address of the header.</summary>
    public uint Address(int offset) => BinaryPrimitives.ReadUInt32BigEndian(Message.AsSpan(offset));

    /// <summary>An option, all its instances joined; null if it is not there.</summary>
    public byte[]? Option(byte code) => _options.TryGetValue(code, out List<byte>? value) ? [.. value] : null;

    /// <summary>An option that holds one address; null if it does not.</summary>
    public uint? AddressOption(byte code) => Option(code) is { Length: 4 } value ? BinaryPrimitives.ReadUInt32BigEndian(value) : null;

    private void Walk(byte[] field)
    {
        int at = 0;
        while (at < field.Length)
        {
            byte code = field[at++];
            if (code == 0)
            {
                continue;
            }

            if (code == 255)
            {
                HasEnd = true;
                return;
            }

            if (at == field.Length || at + 1 + field[at] > field.Length)
            {
                IsWhole = false;
                return;
            }

            int length = field[at];
            if (!_options.TryGetValue(code, out List<byte>? value))
            {
                _options[code] = value = [];
            }
            else
            {
                Repeated.Add(code);
            }

            value.AddRange(field.AsSpan(at + 1, length));
            at += 1 + length;
        }
    }
}
