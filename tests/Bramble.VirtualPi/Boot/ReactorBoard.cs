using Bramble.Linux.Net;
using Bramble.VirtualPi.Stack;

namespace Bramble.VirtualPi.Boot;

/// <summary>
/// A sequential program with a reactor and a stack of its own. Pure: frames and the clock come in through <see cref="Accept"/>
/// and <see cref="Tick"/>, frames go out through the callback.
/// </summary>
internal abstract class ReactorBoard : IBoard
{
    private Task? _program;

    /// <summary>Builds a board that is switched off.</summary>
    /// <param name="mac">Its Ethernet address.</param>
    /// <param name="send">Takes each frame that it sends.</param>
    protected ReactorBoard(MacAddress mac, Action<byte[]> send)
    {
        Reactor = new Reactor();
        Stack = new NetworkStack(Reactor, mac, send);
    }

    /// <inheritdoc/>
    public TimeSpan Deadline => Reactor.Deadline;

    /// <inheritdoc/>
    public bool Ended => _program?.IsCompleted == true;

    /// <summary>The board's Ethernet address.</summary>
    public MacAddress Mac => Stack.Mac;

    /// <summary>The board's clock and its waits.</summary>
    protected Reactor Reactor { get; }

    /// <summary>The board's network.</summary>
    protected NetworkStack Stack { get; }

    /// <inheritdoc/>
    public void PowerOn()
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            _program = RunAsync();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <inheritdoc/>
    public void Accept(ReadOnlySpan<byte> frame, TimeSpan now, bool checksumReady = true)
    {
        Reactor.Advance(now);
        Stack.Accept(frame, checksumReady);
        Resume();
    }

    /// <inheritdoc/>
    public void Tick(TimeSpan now)
    {
        Reactor.Advance(now);
        if (now >= Reactor.Deadline)
        {
            Resume();
        }
    }

    /// <inheritdoc/>
    public abstract void GiveUp(string why);

    /// <summary>The program from power-on to its end.</summary>
    protected abstract Task RunAsync();

    private void Resume()
    {
        Reactor.Resume();
        // Anything that the program does not handle is a mistake in it, and must not pass for a boot that stands still.
        if (_program is { IsFaulted: true } program)
        {
            program.GetAwaiter().GetResult();
        }
    }
}
