using System.Buffers.Binary;

namespace Bramble.Fuzz.Inputs;

/// <summary>Changes that suit anything.</summary>
internal static class ByteMutations
{
    private static readonly byte[] s_edges = [0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 254, 255];
    private static readonly ushort[] s_edges16 = [0, 1, 7, 8, 255, 256, 511, 512, 576, 1024, 1468, 1500, 32767, 32768, 65464, 65534, 65535];

    /// <summary>One change.</summary>
    public static byte[] Mutate(Random random, byte[] input, byte[] other)
    {
        if (input.Length == 0)
        {
            return other.Length == 0 ? [(byte)random.Next(256)] : (byte[])other.Clone();
        }

        byte[] copy = (byte[])input.Clone();
        int at = random.Next(copy.Length);
        switch (random.Next(10))
        {
            case 0:
                copy[at] ^= (byte)(1 << random.Next(8));
                return copy;
            case 1:
                copy[at] = (byte)random.Next(256);
                return copy;
            case 2:
                copy[at] = s_edges[random.Next(s_edges.Length)];
                return copy;
            case 3 when copy.Length >= 2:
                at = random.Next(copy.Length - 1);
                BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(at), s_edges16[random.Next(s_edges16.Length)]);
                return copy;
            case 4:
                copy[at] += (byte)random.Next(-4, 5);
                return copy;
            case 5:
                return copy[..at];
            case 6:
                int end = Math.Min(copy.Length, at + 1 + random.Next(16));
                return [.. copy[..at], .. copy[end..]];
            case 7:
                int length = Math.Min(copy.Length - at, 1 + random.Next(16));
                return [.. copy[..at], .. copy[at..(at + length)], .. copy[at..]];
            case 8:
                byte[] piece = new byte[1 + random.Next(8)];
                random.NextBytes(piece);
                return [.. copy[..at], .. piece, .. copy[at..]];
            default:
                int from = other.Length == 0 ? 0 : random.Next(other.Length);
                return [.. copy[..at], .. other[from..]];
        }
    }
}
