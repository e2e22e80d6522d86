namespace Bramble.Tftp.Serving;

/// <summary>Blocks in a row that wait to be sent.</summary>
internal sealed class BlockRange
{
    private long _first;

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>Adds what follows, or begins anew at another place: the transfer machine went back, or the client has the rest already.</summary>
    public void Add(long first, int count)
    {
        if (Count > 0 && first == _first + Count)
        {
            Count += count;
            return;
        }

        (_first, Count) = (first, count);
    }

    /// <summary>Takes blocks from the front, at most <paramref name="most"/>.</summary>
    public (long First, int Count) Take(int most)
    {
        (long First, int Count) taken = (_first, Math.Min(Count, most));
        _first += taken.Count;
        Count -= taken.Count;
        return taken;
    }
}
