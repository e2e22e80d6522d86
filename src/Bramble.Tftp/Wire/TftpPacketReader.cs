using System.Buffers.Binary;

namespace Bramble.Tftp.Wire;

/// <summary>Reads the packets of a running transfer (RFC 1350 section 5).</summary>
public static class TftpPacketReader
{
    /// <summary>Reads the opcode; false for less than two bytes or a number that is no opcode.</summary>
    public static bool TryReadOpcode(ReadOnlySpan<byte> packet, out TftpOpcode opcode)
    {
        opcode = packet.Length < 2 ? default : (TftpOpcode)BinaryPrimitives.ReadUInt16BigEndian(packet);
        return opcode is >= TftpOpcode.ReadRequest and <= TftpOpcode.OptionAcknowledgment;
    }

    /// <summary>Reads an ACK. Bytes after the block number are passed over: small Ethernet frames get padded by poor drivers.</summary>
    public static bool TryReadAcknowledgment(ReadOnlySpan<byte> packet, out ushort block) =>
        TryReadNumbered(packet, TftpOpcode.Acknowledgment, out block);

    /// <summary>Reads a DATA packet.</summary>
    public static bool TryReadData(ReadOnlySpan<byte> packet, out ushort block, out ReadOnlySpan<byte> data)
    {
        bool ok = TryReadNumbered(packet, TftpOpcode.Data, out block);
        data = ok ? packet[TftpLimits.HeaderLength..] : default;
        return ok;
    }

    /// <summary>Reads an ERROR; the message ends at its NUL or, missing that, with the packet.</summary>
    public static bool TryReadError(ReadOnlySpan<byte> packet, out ushort code, out ReadOnlySpan<byte> message)
    {
        bool ok = TryReadNumbered(packet, TftpOpcode.Error, out code);
        message = ok ? packet[TftpLimits.HeaderLength..] : default;
        int end = message.IndexOf((byte)0);
        message = end < 0 ? message : message[..end];
        return ok;
    }

    private static bool TryReadNumbered(ReadOnlySpan<byte> packet, TftpOpcode opcode, out ushort number)
    {
        bool ok = packet.Length >= TftpLimits.HeaderLength && BinaryPrimitives.ReadUInt16BigEndian(packet) == (ushort)opcode;
        number = ok ? BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) : (ushort)0;
        return ok;
    }
}
