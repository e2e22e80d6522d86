namespace Bramble.Bus;

/// <summary>Counts what is being worked on and knows since when nothing is. Safe from any thread.</summary>
/// <param name="time">The clock.</param>
public sealed class ActivityMeter(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _lastEnd = time.GetTimestamp();
    private int _running;

    /// <summary>Time since the last work ended, or zero while there is some.</summary>
    public TimeSpan IdleFor
    {
        get
        {
            lock (_gate)
            {
                return _running > 0 ? TimeSpan.Zero : time.GetElapsedTime(_lastEnd);
            }
        }
    }

    /// <summary>Number of pieces of work that run.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running;
            }
        }
    }

    /// <summary>Some work starts.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _running++;
        }
    }

    /// <summary>It is done, well or not.</summary>
    public void End()
    {
        lock (_gate)
        {
            _running--;
            _lastEnd = time.GetTimestamp();
        }
    }

    /// <summary>Waits until nothing has been worked on for so long.</summary>
    /// <param name="idle">How long.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task WaitUntilIdleAsync(TimeSpan idle, CancellationToken cancellation)
    {
        while (true)
        {
            TimeSpan left = idle - IdleFor;
            if (left <= TimeSpan.Zero && Running == 0)
            {
                return;
            }
            await Task.Delay(left > TimeSpan.FromMilliseconds(20) ? left : TimeSpan.FromMilliseconds(20), time, cancellation).ConfigureAwait(false);
        }
    }
}
