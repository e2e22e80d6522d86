using System.Runtime.CompilerServices;

namespace Bramble.VirtualPi.Stack;

/// <summary>
/// Runs one sequential program against packets and a clock that are handed in from outside. The program is written
/// with <c>await</c>, but there are no threads, timers or tasks behind it: it goes on only inside <see cref="Resume"/>,
/// so the same inputs always give the same outputs.
/// </summary>
internal sealed class Reactor : INotifyCompletion
{
    private Action? _continuation;

    /// <summary>Time since power-on.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>When the program wants to go on without an input; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan Deadline { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Always false: a wait ends with the next input or at its deadline.</summary>
    public bool IsCompleted => false;

    /// <summary>Sets the clock, which never runs backwards.</summary>
    public void Advance(TimeSpan now) => Now = now > Now ? now : Now;

    /// <summary>Lets the waiting program look at the world again.</summary>
    public void Resume()
    {
        Action? continuation = _continuation;
        _continuation = null;
        Deadline = TimeSpan.MaxValue;
        if (continuation is null)
        {
            return;
        }

        // A synchronisation context (a test runner's) would move the rest of the program to other threads.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            continuation();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Waits for the next input, or until <paramref name="deadline"/>. The caller checks again what it waits for.</summary>
    public Reactor WaitAsync(TimeSpan deadline)
    {
        Deadline = deadline;
        return this;
    }

    /// <summary>Waits for a while, whatever comes in.</summary>
    public async ValueTask SleepAsync(TimeSpan time)
    {
        TimeSpan until = Now + time;
        while (Now < until)
        {
            await WaitAsync(until);
        }
    }

    /// <summary>The awaiter pattern: the reactor is its own awaiter.</summary>
    public Reactor GetAwaiter() => this;

    /// <summary>The awaiter pattern: a wait has no result.</summary>
    public void GetResult()
    {
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _continuation = continuation;
}
