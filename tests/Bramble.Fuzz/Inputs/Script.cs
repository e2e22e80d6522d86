using System.Buffers.Binary;
using Bramble.Fuzz.Engine;

namespace Bramble.Fuzz.Inputs;

/// <summary>
/// An input that is a row of messages: for each an octet that says how it comes, two octets of length, the message. A length that runs
/// over the end takes what there is, so every input is a script.
/// </summary>
internal static class Script
{
    private const int HeaderLength = 3;

    /// <summary>Takes an input apart.</summary>
    public static List<(byte Control, byte[] Message)> Read(ReadOnlySpan<byte> input)
    {
        var messages = new List<(byte, byte[])>();
        while (input.Length >= HeaderLength)
        {
            int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(input[1..]), input.Length - HeaderLength);
            messages.Add((input[0], input.Slice(HeaderLength, length).ToArray()));
            input = input[(HeaderLength + length)..];
        }

        return messages;
    }

    /// <summary>Puts messages together.</summary>
    public static byte[] Write(IEnumerable<(byte Control, byte[] Message)> messages)
    {
        var input = new List<byte>();
        foreach ((byte control, byte[] message) in messages)
        {
            input.AddRange([control, (byte)(message.Length >> 8), (byte)message.Length]);
            input.AddRange(message);
        }

        return [.. input];
    }

    /// <summary>Changes the row, one message of it by <paramref name="inner"/>, or how one comes.</summary>
    public static Mutator Of(Mutator inner) => (random, input, other) =>
    {
        List<(byte Control, byte[] Message)> messages = Read(input);
        List<(byte Control, byte[] Message)> others = Read(other);
        if (messages.Count == 0)
        {
            return other;
        }

        int index = random.Next(messages.Count);
        (byte control, byte[] message) = messages[index];
        switch (random.Next(8))
        {
            case < 4:
                messages[index] = (control, inner(random, message, others.Count > 0 ? others[random.Next(others.Count)].Message : []));
                break;
            case 4:
                messages[index] = ((byte)random.Next(256), message);
                break;
            case 5 when random.Next(8) == 0:
                return ByteMutations.Mutate(random, input, other);
            default:
                ListMutations.Mutate(random, messages, others);
                break;
        }

        return Write(messages);
    };
}
