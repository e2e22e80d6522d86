using System.Text;
using Bramble.Fuzz.Engine;

namespace Bramble.Fuzz.Inputs;

/// <summary>Changes to pieces of text that one octet separates: lines, or the strings of a TFTP request.</summary>
internal static class TextMutations
{
    /// <summary>Makes a mutator.</summary>
    /// <param name="separator">The octet.</param>
    /// <param name="words">Words that mean something.</param>
    public static Mutator Of(byte separator, params string[] words)
    {
        byte[][] known = [.. words.Select(Encoding.UTF8.GetBytes)];
        return (random, input, other) =>
        {
            List<byte[]> pieces = Split(input, separator);
            int index = random.Next(pieces.Count);
            switch (random.Next(6))
            {
                case 0:
                    pieces[index] = known[random.Next(known.Length)];
                    break;
                case 1:
                    pieces.Insert(index, known[random.Next(known.Length)]);
                    break;
                case 2:
                    byte[] piece = pieces[index];
                    int at = random.Next(piece.Length + 1);
                    pieces[index] = [.. piece[..at], .. known[random.Next(known.Length)], .. piece[at..]];
                    break;
                case 3:
                    pieces[index] = ByteMutations.Mutate(random, pieces[index], Split(other, separator)[0]);
                    break;
                case 4:
                    return ByteMutations.Mutate(random, input, other);
                default:
                    ListMutations.Mutate(random, pieces, Split(other, separator));
                    break;
            }

            return Join(pieces, separator);
        };
    }

    private static List<byte[]> Split(byte[] input, byte separator)
    {
        var pieces = new List<byte[]>();
        int start = 0;
        for (int i = 0; i <= input.Length; i++)
        {
            if (i == input.Length || input[i] == separator)
            {
                pieces.Add(input[start..i]);
                start = i + 1;
            }
        }

        return pieces;
    }

    private static byte[] Join(List<byte[]> pieces, byte separator)
    {
        var joined = new List<byte>();
        for (int i = 0; i < pieces.Count; i++)
        {
            if (i > 0)
            {
                joined.Add(separator);
            }

            joined.AddRange(pieces[i]);
        }

        return [.. joined];
    }
}
