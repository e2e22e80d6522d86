using System.Device.Gpio;
using System.Diagnostics;
using Bramble.Linux.Devices;
using Bramble.Linux.Input;

namespace Bramble.Linux.Gpio;

/// <summary>
/// A GPIO line that reports its edges. System.Device.Gpio calls back on a thread of its own and does not pass on the kernel's time of the edge,
/// so the edge is given the time of the callback.
/// </summary>
public sealed class GpioInput : IButtonLine
{
    // More edges than any press has. A line that chatters faster than it is read loses the rest; its level is read anyway.
    private const int MostEdges = 256;

    private readonly LineController _controller;
    private readonly int _line;
    private readonly bool _activeLow;
    private readonly EventDescriptor _ready = new();
    private readonly Lock _gate = new();
    private readonly Queue<(bool Down, TimeSpan At)> _edges = new();
    private bool _isDisposed;

    /// <summary>Takes over an open line.</summary>
    /// <param name="controller">The controller of the line's chip; disposed with this.</param>
    /// <param name="line">The open line.</param>
    /// <param name="activeLow">A low level is active.</param>
    internal GpioInput(LineController controller, int line, bool activeLow)
    {
        (_controller, _line, _activeLow) = (controller, line, activeLow);
        try
        {
            controller.RegisterCallbackForPinValueChangedEvent(line, PinEventTypes.Rising | PinEventTypes.Falling, OnEdge);
        }
        catch
        {
            _ready.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int FileDescriptor => _ready.FileDescriptor;

    /// <inheritdoc/>
    public bool IsDown()
    {
        try
        {
            return IsActive(_controller.Read(_line) == PinValue.High);
        }
        catch (Exception e) when (e is not IOException && GpioLines.IsFailure(e))
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void ReadEdges(Action<bool, TimeSpan> edge)
    {
        _ready.Clear();
        while (TryTake(out (bool Down, TimeSpan At) next))
        {
            edge(next.Down, next.At);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Waits for the library's thread, which may be in OnEdge, so not under the lock.
        _controller.Close();
        lock (_gate)
        {
            _isDisposed = true;
            _ready.Dispose();
        }
    }

    private void OnEdge(object sender, PinValueChangedEventArgs e)
    {
        TimeSpan now = Stopwatch.GetElapsedTime(0);
        lock (_gate)
        {
            if (!_isDisposed && _edges.Count < MostEdges)
            {
                _edges.Enqueue((IsActive(e.ChangeType == PinEventTypes.Rising), now));
                _ready.Signal();
            }
        }
    }

    private bool TryTake(out (bool Down, TimeSpan At) edge)
    {
        lock (_gate)
        {
            return _edges.TryDequeue(out edge);
        }
    }

    private bool IsActive(bool high) => high != _activeLow;
}
