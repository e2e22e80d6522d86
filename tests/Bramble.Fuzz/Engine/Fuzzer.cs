namespace Bramble.Fuzz.Engine;

/// <summary>
/// Changes inputs, and keeps those that came somewhere new. With one seed, corpus and number of turns it does the same again.
/// </summary>
internal sealed class Fuzzer(IFuzzTarget target, int seed)
{
    private const int LongestInput = 8192;
    private const int ShrinkRuns = 20_000;
    private const int ShrinkMutations = 5_000;
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(2);

    private readonly Random _random = new(seed);
    private readonly byte[] _seen = Coverage.NewMap();
    private readonly List<byte[]> _corpus = [];
    private long _executions;

    /// <summary>The input that runs now and since when (<see cref="Environment.TickCount64"/>), for a watcher on another thread.</summary>
    public (byte[] Input, long Since) Running { get; private set; } = ([], long.MaxValue);

    /// <summary>Runs until <paramref name="goesOn"/> says no (asked after each turn with the number of turns) or something breaks.</summary>
    public FuzzResult Run(IEnumerable<byte[]> corpus, Func<long, bool> goesOn)
    {
        foreach (byte[] input in target.Seeds.Concat(corpus))
        {
            if (Try(input) is { } failure)
            {
                return new FuzzResult(_executions, _corpus, failure);
            }
        }

        for (long turn = 0; goesOn(turn); turn++)
        {
            if (Try(Change(Pick())) is { } failure)
            {
                return new FuzzResult(_executions, _corpus, failure);
            }
        }

        return new FuzzResult(_executions, _corpus, null);
    }

    /// <summary>The fewest inputs that together come to all places that <paramref name="corpus"/> comes to: small ones first.</summary>
    public IReadOnlyList<byte[]> Distil(IEnumerable<byte[]> corpus)
    {
        // The seeds are kept in the source: what they show needs no file.
        byte[] seen = Coverage.NewMap();
        foreach (byte[] input in target.Seeds)
        {
            _ = RunOnce(input);
            Coverage.AddTo(seen, counts: false);
        }

        var kept = new List<byte[]>();
        foreach (byte[] input in corpus.OrderBy(i => i.Length))
        {
            if (RunOnce(input) is null && Coverage.AddTo(seen, counts: false) > 0)
            {
                kept.Add(input);
            }
        }

        return kept;
    }

    private FuzzFailure? Try(byte[] input)
    {
        if (RunOnce(input) is { } error)
        {
            return Shrink(input, error);
        }

        if (Coverage.AddTo(_seen) > 0)
        {
            _corpus.Add(input);
        }

        return null;
    }

    private Exception? RunOnce(byte[] input)
    {
        _executions++;
        Coverage.Begin();
        long since = Environment.TickCount64;
        Running = (input, since);
        try
        {
            target.Run(input);
            TimeSpan time = TimeSpan.FromMilliseconds(Environment.TickCount64 - since);
            return time > s_slow ? new FuzzFailureException($"one input took {time.TotalSeconds:0.0} s") : null;
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            Running = ([], long.MaxValue);
        }
    }

    // News leads to news: half of the time one of the last ones is taken.
    private byte[] Pick() => _corpus.Count == 0 ? [] : _corpus[_random.Next(2) == 0 ? _random.Next(Math.Max(0, _corpus.Count - 20), _corpus.Count) : _random.Next(_corpus.Count)];

    private byte[] Change(byte[] input)
    {
        int changes = 1 << _random.Next(4);
        for (int i = 0; i < changes; i++)
        {
            input = target.Mutator(_random, input, Pick());
        }

        return input.Length > LongestInput ? input[..LongestInput] : input;
    }

    /// <summary>Takes pieces away for as long as it breaks in the same way.</summary>
    private FuzzFailure Shrink(byte[] input, Exception error)
    {
        // The target's own mutator knows where a packet or an option begins and ends.
        for (int i = 0; i < ShrinkMutations; i++)
        {
            byte[] candidate = target.Mutator(_random, input, []);
            if (candidate.Length < input.Length && RunOnce(candidate) is { } same && IsSame(same, error))
            {
                (input, error) = (candidate, same);
            }
        }

        long limit = _executions + ShrinkRuns;
        bool smaller = true;
        while (smaller && _executions < limit)
        {
            smaller = false;
            for (int piece = Math.Max(1, input.Length / 2); piece >= 1 && !smaller; piece /= 2)
            {
                for (int at = 0; at + piece <= input.Length && _executions < limit; at += piece)
                {
                    byte[] candidate = [.. input[..at], .. input[(at + piece)..]];
                    if (RunOnce(candidate) is { } same && IsSame(same, error))
                    {
                        (input, error, smaller) = (candidate, same, true);
                        break;
                    }
                }
            }
        }

        return new FuzzFailure(input, error);
    }

    private static bool IsSame(Exception a, Exception b) =>
        a.GetType() == b.GetType() && (a is not FuzzFailureException || a.Message.Split(':')[0] == b.Message.Split(':')[0]);
}
