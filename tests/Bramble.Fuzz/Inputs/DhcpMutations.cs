using System.Buffers.Binary;

namespace Bramble.Fuzz.Inputs;

/// <summary>Changes to DHCP messages: whole options, their lengths, the fields of the header.</summary>
internal static class DhcpMutations
{
    private const int OptionsStart = 240;
    private static readonly byte[] s_codes = [0, 1, 12, 43, 50, 51, 52, 53, 54, 55, 57, 60, 61, 66, 77, 82, 93, 94, 97, 118, 255];
    private static readonly int[] s_addressFields = [12, 16, 20, 24];

    /// <summary>One change.</summary>
    public static byte[] Mutate(Random random, byte[] input, byte[] other)
    {
        if (input.Length <= OptionsStart || random.Next(4) == 0)
        {
            return ByteMutations.Mutate(random, input, other);
        }

        if (random.Next(4) == 0)
        {
            return ChangeHeader(random, input);
        }

        List<byte[]> options = Options(input);
        List<byte[]> others = other.Length > OptionsStart ? Options(other) : [];
        switch (random.Next(4))
        {
            case 0:
                byte[] value = new byte[random.Next(4) == 0 ? random.Next(256) : random.Next(8)];
                random.NextBytes(value);
                options.Insert(random.Next(options.Count + 1), [s_codes[random.Next(s_codes.Length)], (byte)value.Length, .. value]);
                break;
            case 1 when options.Count > 0:
                int index = random.Next(options.Count);
                options[index] = ByteMutations.Mutate(random, options[index], []);
                break;
            case 2 when options.Count > 0:
                // Options 50 and 54 that name an address of the scene, so that requests come through.
                int place = random.Next(options.Count);
                options.Insert(place, [random.Next(2) == 0 ? (byte)50 : (byte)54, 4, 10, 42, 0, (byte)random.Next(12)]);
                break;
            default:
                ListMutations.Mutate(random, options, others);
                break;
        }

        return [.. input[..OptionsStart], .. options.SelectMany(o => o)];
    }

    private static byte[] ChangeHeader(Random random, byte[] input)
    {
        byte[] copy = (byte[])input.Clone();
        switch (random.Next(5))
        {
            case 0:
                uint address = random.Next(4) switch { 0 => 0, 1 => uint.MaxValue, 2 => 0x0A2B0000 | (uint)random.Next(8), _ => 0x0A2A0000 | (uint)random.Next(12) };
                BinaryPrimitives.WriteUInt32BigEndian(copy.AsSpan(s_addressFields[random.Next(s_addressFields.Length)]), address);
                break;
            case 1:
                // One of a few clients.
                copy[33] = (byte)random.Next(6);
                break;
            case 2:
                copy[10] ^= 0x80;
                break;
            case 3:
                copy[random.Next(4)] = (byte)random.Next(256);
                break;
            default:
                // The fields that option 52 turns into options.
                byte[] options = [53, 1, (byte)random.Next(1, 9), 55, 3, 1, 3, 6, 255];
                options.CopyTo(copy.AsSpan(random.Next(2) == 0 ? 44 : 108));
                break;
        }

        return copy;
    }

    private static List<byte[]> Options(byte[] message)
    {
        var options = new List<byte[]>();
        int at = OptionsStart;
        while (at < message.Length)
        {
            int end = message[at] is 0 or 255 || at + 1 == message.Length ? at + 1 : Math.Min(message.Length, at + 2 + message[at + 1]);
            options.Add(message[at..end]);
            at = end;
        }

        return options;
    }
}
