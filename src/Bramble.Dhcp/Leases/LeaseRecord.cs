using System.Buffers.Binary;
using System.Numerics;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Leases;

/// <summary>
/// One record of the lease journal: marker, type, payload length (2, big endian), payload, CRC-32C of all before (4).
/// A reader skips types that it does not know and ignores what a payload has behind the fields that it knows, so a newer
/// version may add both.
/// </summary>
internal static class LeaseRecord
{
    public const byte Marker = 0xB7;
    public const int Overhead = 4 + 4;
    public const int Maximum = Overhead + FixedLength + ClientKey.Maximum;

    private const byte LeaseType = 1;
    private const int FixedLength = 4 + 1 + 1 + 6 + 8 + 8;

    /// <summary>Octets that <see cref="Write"/> writes for a lease.</summary>
    public static int LengthOf(Lease lease) => Overhead + FixedLength + lease.Key.Length;

    /// <summary>Writes a lease; returns the record's length.</summary>
    public static int Write(Span<byte> buffer, Lease lease)
    {
        int payload = FixedLength + lease.Key.Length;
        buffer[0] = Marker;
        buffer[1] = LeaseType;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)payload);
        Span<byte> fields = buffer[4..];
        lease.Address.CopyTo(fields);
        fields[4] = (byte)lease.State;
        fields[5] = (byte)lease.Key.Length;
        lease.Mac.CopyTo(fields[6..]);
        BinaryPrimitives.WriteInt64BigEndian(fields[12..], lease.Expires.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(fields[20..], lease.HeldUntil.ToUnixTimeMilliseconds());
        lease.Key.CopyTo(fields[FixedLength..]);
        int end = 4 + payload;
        BinaryPrimitives.WriteUInt32BigEndian(buffer[end..], Crc(buffer[..end]));
        return end + 4;
    }

    /// <summary>Reads the record at the start of <paramref name="data"/>.</summary>
    /// <param name="data">The rest of the journal.</param>
    /// <param name="lease">The lease, or null if the record is of a kind that this version does not know.</param>
    /// <param name="length">The record's length.</param>
    /// <returns>False if there is no whole and sound record here.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out Lease? lease, out int length)
    {
        lease = null;
        length = 0;
        if (data.Length < Overhead || data[0] != Marker)
        {
            return false;
        }

        int payload = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
        if (data.Length < payload + Overhead
            || BinaryPrimitives.ReadUInt32BigEndian(data[(4 + payload)..]) != Crc(data[..(4 + payload)]))
        {
            return false;
        }

        length = payload + Overhead;
        ReadOnlySpan<byte> fields = data.Slice(4, payload);
        if (data[1] == LeaseType && payload >= FixedLength && payload >= FixedLength + fields[5]
            && fields[4] is > (byte)LeaseState.Offered and <= (byte)LeaseState.Declined
            && TryReadTime(fields[12..], out DateTimeOffset expires) && TryReadTime(fields[20..], out DateTimeOffset heldUntil))
        {
            lease = new Lease(Ipv4Address.FromOctets(fields), fields.Slice(FixedLength, fields[5]).ToArray(), MacAddress.FromOctets(fields[6..]))
            {
                State = (LeaseState)fields[4],
                Expires = expires,
                HeldUntil = heldUntil,
            };
        }

        return true;
    }

    private static bool TryReadTime(ReadOnlySpan<byte> field, out DateTimeOffset time)
    {
        long milliseconds = BinaryPrimitives.ReadInt64BigEndian(field);
        bool valid = milliseconds >= 0 && milliseconds < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        time = valid ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : default;
        return valid;
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        for (; data.Length >= 8; data = data[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        }

        foreach (byte octet in data)
        {
            crc = BitOperations.Crc32C(crc, octet);
        }

        return ~crc;
    }
}
