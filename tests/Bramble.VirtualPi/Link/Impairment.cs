namespace Bramble.VirtualPi.Link;

/// <summary>A bad cable: loses, doubles and reorders frames by a seeded chance.</summary>
internal sealed class Impairment
{
    private static readonly TimeSpan s_hold = TimeSpan.FromMilliseconds(20);

    private readonly Random _random;
    private readonly double _loss;
    private readonly double _duplication;
    private readonly double _reordering;
    private byte[]? _held;
    private bool _heldChecksum;
    private TimeSpan _heldUntil;

    /// <summary>Builds a cable; the chances are percentages.</summary>
    public Impairment(int seed, double loss, double duplication, double reordering)
    {
        _random = new Random(seed);
        _loss = loss / 100;
        _duplication = duplication / 100;
        _reordering = reordering / 100;
    }

    /// <summary>Takes the frame that the cable lets through.</summary>
    public delegate void Deliver(ReadOnlySpan<byte> frame, bool checksumReady);

    /// <summary>When the frame that is held back comes out at the latest.</summary>
    public TimeSpan Due => _held is null ? TimeSpan.MaxValue : _heldUntil;

    /// <summary>Puts a frame in at one end.</summary>
    public void Put(ReadOnlySpan<byte> frame, bool checksumReady, TimeSpan now, Deliver deliver)
    {
        if (_loss > 0 && _random.NextDouble() < _loss)
        {
            return;
        }

        if (_reordering > 0 && _held is null && _random.NextDouble() < _reordering)
        {
            _held = frame.ToArray();
            _heldChecksum = checksumReady;
            _heldUntil = now + s_hold;
            return;
        }

        deliver(frame, checksumReady);
        if (_duplication > 0 && _random.NextDouble() < _duplication)
        {
            deliver(frame, checksumReady);
        }

        Release(deliver);
    }

    /// <summary>Lets the frame out that was held back for too long.</summary>
    public void Tick(TimeSpan now, Deliver deliver)
    {
        if (now >= Due)
        {
            Release(deliver);
        }
    }

    private void Release(Deliver deliver)
    {
        if (_held is { } held)
        {
            _held = null;
            deliver(held, _heldChecksum);
        }
    }
}
