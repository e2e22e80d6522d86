using Bramble.Linux.Devices;

namespace Bramble.Linux.Input;

/// <summary>Where a button is connected: a GPIO line or an input device.</summary>
public interface IButtonLine : IPollSource, IDisposable
{
    /// <summary>Whether the button is pressed now.</summary>
    /// <exception cref="IOException">The device is gone.</exception>
    bool IsDown();

    /// <summary>Hands over edges that have come in, some at a time; never waits.</summary>
    /// <param name="edge">Pressed or let go, and when, of CLOCK_MONOTONIC: the clock of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    /// <exception cref="IOException">The device is gone.</exception>
    void ReadEdges(Action<bool, TimeSpan> edge);
}
