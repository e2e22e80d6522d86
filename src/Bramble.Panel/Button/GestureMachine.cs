namespace Bramble.Panel.Button;

/// <summary>
/// From the edges of a line to gestures: debounces, times, and refuses what no finger does. Pure: times come in, gestures go out. Nothing ever
/// happens while the button is held, only when it is let go, so that a line that is stuck or shorted does nothing, for however long.
/// </summary>
/// <remarks>
/// The line counts only once it has been seen let go: a button that is held (or a wire that is wrong) when Bramble starts does nothing.
/// Times are of one steady clock and do not go back; a time before the last one counts as the last one.
/// </remarks>
public sealed class GestureMachine
{
    private readonly Queue<TimeSpan> _edges = new(GestureTimes.ChatterEdges + 1);
    private TimeSpan _now;
    private TimeSpan _rawSince;
    private TimeSpan _pressedAt;
    private bool _raw;
    private bool _pressed;
    private bool _armed;
    private bool _void;

    /// <summary>A line that is let go, unless the first edge says otherwise.</summary>
    /// <param name="now">The time.</param>
    /// <param name="down">Whether the line is pressed at this moment.</param>
    public GestureMachine(TimeSpan now, bool down = false) => Restart(now, down);

    /// <summary>The line chatters: it is not heard until it has been still for <see cref="GestureTimes.ChatterQuiet"/>.</summary>
    public bool IsChattering { get; private set; }

    /// <summary>How long the button is held, by what letting go would do.</summary>
    public HoldStage Stage => !_pressed || !_armed ? HoldStage.None : _void ? HoldStage.TooLong : StageOf(_now - _pressedAt);

    /// <summary>How long the button has been held; zero if it is not.</summary>
    public TimeSpan Held => _pressed && _armed && !_void ? _now - _pressedAt : TimeSpan.Zero;

    /// <summary>Begins anew, as when another line takes this one's place.</summary>
    public void Restart(TimeSpan now, bool down)
    {
        (_now, _rawSince, _raw) = (now, now, down);
        (_pressed, _armed, _void, IsChattering) = (down, !down, false, false);
        _edges.Clear();
    }

    /// <summary>Forgets the press that is on its way: letting go will do nothing.</summary>
    public void Cancel() => _void = _pressed;

    /// <summary>The line changed.</summary>
    /// <param name="down">Pressed.</param>
    /// <param name="at">When.</param>
    /// <returns>What was done, if the time that has passed completes it.</returns>
    public Gesture Edge(bool down, TimeSpan at)
    {
        Gesture gesture = Tick(at);
        if (down == _raw)
        {
            return gesture;
        }

        (_raw, _rawSince) = (down, _now);
        _edges.Enqueue(_now);
        while (_edges.Count > 0 && _now - _edges.Peek() > GestureTimes.ChatterWindow)
        {
            _edges.Dequeue();
        }

        if (_edges.Count > GestureTimes.ChatterEdges)
        {
            IsChattering = true;
            _armed = false;
            _edges.Clear();
        }

        return gesture;
    }

    /// <summary>Time passes. Call it when <see cref="UntilChange"/> is over.</summary>
    /// <returns>What was done.</returns>
    public Gesture Tick(TimeSpan at)
    {
        if (at > _now)
        {
            _now = at;
        }

        if (IsChattering)
        {
            if (!_raw && _now - _rawSince >= GestureTimes.ChatterQuiet)
            {
                Restart(_now, down: false);
            }

            return Gesture.None;
        }

        if (_raw == _pressed || _now - _rawSince < GestureTimes.Debounce)
        {
            return Gesture.None;
        }

        _pressed = _raw;
        if (_pressed)
        {
            // The press began with its first edge, not when it was believed.
            (_pressedAt, _void) = (_rawSince, false);
            return Gesture.None;
        }

        bool counts = _armed && !_void;
        _armed = true;
        return counts ? GestureOf(_rawSince - _pressedAt) : Gesture.None;
    }

    /// <summary>Time until <see cref="Tick"/> next has something to do; <see cref="Timeout.InfiniteTimeSpan"/> while the line rests.</summary>
    public TimeSpan UntilChange()
    {
        if (IsChattering)
        {
            return _raw ? Timeout.InfiniteTimeSpan : Positive(_rawSince + GestureTimes.ChatterQuiet - _now);
        }

        if (_raw != _pressed)
        {
            return Positive(_rawSince + GestureTimes.Debounce - _now);
        }

        TimeSpan? next = Stage switch
        {
            HoldStage.Short => GestureTimes.Long,
            HoldStage.Pairing => GestureTimes.Shutdown,
            HoldStage.Shutdown => GestureTimes.Countdown,
            HoldStage.Countdown => GestureTimes.Reset,
            HoldStage.Reset => GestureTimes.TooLong,
            _ => null,
        };
        return next is { } threshold ? Positive(_pressedAt + threshold - _now) : Timeout.InfiniteTimeSpan;
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.FromMilliseconds(1);

    private static HoldStage StageOf(TimeSpan held) =>
        held < GestureTimes.Long ? HoldStage.Short
        : held < GestureTimes.Shutdown ? HoldStage.Pairing
        : held < GestureTimes.Countdown ? HoldStage.Shutdown
        : held < GestureTimes.Reset ? HoldStage.Countdown
        : held < GestureTimes.TooLong ? HoldStage.Reset
        : HoldStage.TooLong;

    private static Gesture GestureOf(TimeSpan held) => StageOf(held) switch
    {
        HoldStage.Short => Gesture.Short,
        HoldStage.Pairing => Gesture.Long,
        HoldStage.Shutdown => Gesture.Shutdown,
        HoldStage.Countdown => Gesture.ResetAborted,
        HoldStage.Reset => Gesture.FactoryReset,
        _ => Gesture.None,
    };
}
