using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Bramble.Tftp.Wire;

/// <summary>A read or write request (RFC 1350 section 5, RFC 2347): views into the packet, nothing copied.</summary>
public readonly ref struct TftpRequest
{
    private TftpRequest(TftpOpcode opcode, ReadOnlySpan<byte> fileName, TftpMode mode, TftpOptionSet options)
    {
        Opcode = opcode;
        FileName = fileName;
        Mode = mode;
        Options = options;
    }

    /// <summary><see cref="TftpOpcode.ReadRequest"/> or <see cref="TftpOpcode.WriteRequest"/>.</summary>
    public TftpOpcode Opcode { get; }

    /// <summary>The name as it came, without its NUL.</summary>
    public ReadOnlySpan<byte> FileName { get; }

    /// <summary>The mode.</summary>
    public TftpMode Mode { get; }

    /// <summary>The options that are known and have a valid value.</summary>
    public TftpOptionSet Options { get; }

    /// <summary>Reads a request.</summary>
    /// <returns>False if the packet is none: another opcode, or a name or mode without its NUL. Options that break off are passed over.</returns>
    public static bool TryRead(ReadOnlySpan<byte> packet, out TftpRequest request)
    {
        request = default;
        if (packet.Length < 2)
        {
            return false;
        }

        var opcode = (TftpOpcode)BinaryPrimitives.ReadUInt16BigEndian(packet);
        ReadOnlySpan<byte> rest = packet[2..];
        if (opcode is not (TftpOpcode.ReadRequest or TftpOpcode.WriteRequest)
            || !TryReadString(ref rest, out ReadOnlySpan<byte> name)
            || !TryReadString(ref rest, out ReadOnlySpan<byte> mode))
        {
            return false;
        }

        var options = new TftpOptionSet();
        while (TryReadString(ref rest, out ReadOnlySpan<byte> option) && TryReadString(ref rest, out ReadOnlySpan<byte> value))
        {
            if (TryGetKind(option, out TftpOptionKind kind)
                && Utf8Parser.TryParse(value, out long number, out int used) && used == value.Length && value[0] is >= (byte)'0' and <= (byte)'9')
            {
                options.TryAdd(kind, number);
            }
        }

        request = new TftpRequest(opcode, name, ReadMode(mode), options);
        return true;
    }

    private static bool TryReadString(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> text)
    {
        int end = rest.IndexOf((byte)0);
        if (end < 0)
        {
            text = default;
            return false;
        }

        text = rest[..end];
        rest = rest[(end + 1)..];
        return true;
    }

    private static TftpMode ReadMode(ReadOnlySpan<byte> mode) =>
        Ascii.EqualsIgnoreCase(mode, "octet"u8) ? TftpMode.Octet
        : Ascii.EqualsIgnoreCase(mode, "netascii"u8) ? TftpMode.Netascii
        : Ascii.EqualsIgnoreCase(mode, "mail"u8) ? TftpMode.Mail
        : TftpMode.Unknown;

    private static bool TryGetKind(ReadOnlySpan<byte> name, out TftpOptionKind kind)
    {
        kind = Ascii.EqualsIgnoreCase(name, "blksize"u8) ? TftpOptionKind.BlockSize
            : Ascii.EqualsIgnoreCase(name, "tsize"u8) ? TftpOptionKind.TransferSize
            : Ascii.EqualsIgnoreCase(name, "timeout"u8) ? TftpOptionKind.Timeout
            : Ascii.EqualsIgnoreCase(name, "utimeout"u8) ? TftpOptionKind.MicroTimeout
            : Ascii.EqualsIgnoreCase(name, "windowsize"u8) ? TftpOptionKind.WindowSize
            : default;
        return kind != default;
    }
}
