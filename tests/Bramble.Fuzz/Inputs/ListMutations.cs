namespace Bramble.Fuzz.Inputs;

/// <summary>Changes to a list of pieces: options, strings, lines, packets.</summary>
internal static class ListMutations
{
    /// <summary>Takes away, doubles, moves, swaps or brings in one piece; false where the list is left as it was.</summary>
    public static bool Mutate<T>(Random random, List<T> pieces, IReadOnlyList<T> others)
    {
        switch (random.Next(5))
        {
            case 0 when pieces.Count > 1:
                pieces.RemoveAt(random.Next(pieces.Count));
                return true;
            case 1 when pieces.Count > 0:
                pieces.Insert(random.Next(pieces.Count + 1), pieces[random.Next(pieces.Count)]);
                return true;
            case 2 when pieces.Count > 1:
                int a = random.Next(pieces.Count), b = random.Next(pieces.Count);
                (pieces[a], pieces[b]) = (pieces[b], pieces[a]);
                return true;
            case 3 when others.Count > 0:
                pieces.Insert(random.Next(pieces.Count + 1), others[random.Next(others.Count)]);
                return true;
            case 4 when others.Count > 0 && pieces.Count > 0:
                pieces[random.Next(pieces.Count)] = others[random.Next(others.Count)];
                return true;
            default:
                return false;
        }
    }
}
