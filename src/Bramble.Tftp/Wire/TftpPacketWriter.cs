using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Wire;

/// <summary>Writes packets into a caller's buffer; every method returns the packet's length.</summary>
public static class TftpPacketWriter
{
    /// <summary>Room that any OACK or ERROR of this server fits in.</summary>
    public const int MaxControlLength = 512;

    /// <summary>Writes the four bytes before a block's data.</summary>
    public static int WriteDataHeader(Span<byte> destination, ushort block) => WriteNumbered(destination, TftpOpcode.Data, block);

    /// <summary>Writes an ACK.</summary>
    public static int WriteAcknowledgment(Span<byte> destination, ushort block) => WriteNumbered(destination, TftpOpcode.Acknowledgment, block);

    /// <summary>Writes an ERROR; the text is cut to fit and what is not printable ASCII becomes a question mark.</summary>
    public static int WriteError(Span<byte> destination, TftpErrorCode code, ReadOnlySpan<char> message)
    {
        int at = WriteNumbered(destination, TftpOpcode.Error, (ushort)code);
        int count = Math.Min(message.Length, Math.Min(destination.Length, MaxControlLength) - at - 1);
        for (int i = 0; i < count; i++)
        {
            destination[at++] = message[i] is >= ' ' and <= '~' ? (byte)message[i] : (byte)'?';
        }

        destination[at++] = 0;
        return at;
    }

    /// <summary>Writes an OACK with the options in their order.</summary>
    public static int WriteOptionAcknowledgment(Span<byte> destination, in TftpOptionSet options)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)TftpOpcode.OptionAcknowledgment);
        return 2 + WriteOptions(destination[2..], options);
    }

    /// <summary>Writes a request: for clients, such as tests and the virtual Pi.</summary>
    public static int WriteRequest(Span<byte> destination, TftpOpcode opcode, string fileName, string mode, in TftpOptionSet options)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)opcode);
        int at = 2;
        at += Encoding.UTF8.GetBytes(fileName, destination[at..]);
        destination[at++] = 0;
        at += Encoding.ASCII.GetBytes(mode, destination[at..]);
        destination[at++] = 0;
        return at + WriteOptions(destination[at..], options);
    }

    private static int WriteOptions(Span<byte> destination, in TftpOptionSet options)
    {
        int at = 0;
        for (int i = 0; i < options.Count; i++)
        {
            TftpOptionKind kind = options.KindAt(i);
            ReadOnlySpan<byte> name = NameOf(kind);
            name.CopyTo(destination[at..]);
            at += name.Length;
            destination[at++] = 0;
            Utf8Formatter.TryFormat(options.ValueOf(kind), destination[at..], out int written);
            at += written;
            destination[at++] = 0;
        }

        return at;
    }

    private static ReadOnlySpan<byte> NameOf(TftpOptionKind kind) => kind switch
    {
        TftpOptionKind.BlockSize => "blksize"u8,
        TftpOptionKind.TransferSize => "tsize"u8,
        TftpOptionKind.Timeout => "timeout"u8,
        TftpOptionKind.MicroTimeout => "utimeout"u8,
        _ => "windowsize"u8,
    };

    private static int WriteNumbered(Span<byte> destination, TftpOpcode opcode, ushort number)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, ((uint)opcode << 16) | number);
        return TftpLimits.HeaderLength;
    }
}
