using System.Buffers.Binary;
using Bramble.Dhcp.Wire;
using Bramble.Linux.Net;

namespace Bramble.Dhcp.Serving;

/// <summary>
/// Remembers from which Ethernet address each DHCPDECLINE and DHCPRELEASE came. A UDP socket does not tell it, and the client address in the message is
/// whatever its sender wrote. Pure: frames' sources and messages in, verdicts out. One thread.
/// </summary>
internal sealed class SenderWitness
{
    /// <summary>Frames that are remembered; of more, the oldest gives way.</summary>
    public const int Capacity = 256;

    /// <summary>The frame is there before the message, which waits in its socket for a turn of the loop.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(5);

    private readonly Queue<Seen> _seen = new();

    /// <summary>
    /// True for a message that takes an address from its client. It must begin with option 53, as every known client sends it: the kernel's filter looks there too.
    /// </summary>
    public static bool Concerns(ReadOnlySpan<byte> message) =>
        message.Length > DhcpHeader.Options + 2 && message[DhcpHeader.Options] == DhcpOption.MessageType && message[DhcpHeader.Options + 1] == 1
        && message[DhcpHeader.Options + 2] is (byte)DhcpMessageType.Decline or (byte)DhcpMessageType.Release;

    /// <summary>Notes a frame.</summary>
    /// <param name="source">Its Ethernet source.</param>
    /// <param name="message">The message in it.</param>
    /// <param name="now">The time.</param>
    public void Note(MacAddress source, ReadOnlySpan<byte> message, DateTimeOffset now)
    {
        if (!Concerns(message))
        {
            return;
        }

        if (_seen.Count >= Capacity)
        {
            _seen.Dequeue();
        }

        _seen.Enqueue(new Seen(source, KeyOf(message), now));
    }

    /// <summary>Decides for a message. Where several frames carried the like of it, one from another machine is enough to doubt it.</summary>
    public SenderVerdict Judge(ReadOnlySpan<byte> message, DateTimeOffset now)
    {
        while (_seen.TryPeek(out Seen oldest) && now - oldest.At > Memory)
        {
            _seen.Dequeue();
        }

        var verdict = SenderVerdict.Unseen;
        if (!Concerns(message))
        {
            return verdict;
        }

        Key key = KeyOf(message);
        foreach (Seen seen in _seen)
        {
            if (seen.Key == key)
            {
                if (seen.Source != key.Client)
                {
                    return SenderVerdict.Forged;
                }

                verdict = SenderVerdict.Genuine;
            }
        }

        return verdict;
    }

    private static Key KeyOf(ReadOnlySpan<byte> message) => new(
        MacAddress.FromOctets(message[DhcpHeader.Chaddr..]), BinaryPrimitives.ReadUInt32BigEndian(message[DhcpHeader.Xid..]), message[DhcpHeader.Options + 2]);

    private readonly record struct Key(MacAddress Client, uint Xid, byte Type);

    private readonly record struct Seen(MacAddress Source, Key Key, DateTimeOffset At);
}
