using System.Device.Gpio;

namespace Bramble.Linux.Gpio;

/// <summary>A GPIO line that is driven.</summary>
public sealed class GpioOutput : IDisposable
{
    private readonly LineController _controller;
    private readonly int _line;
    private readonly bool _activeLow;

    /// <summary>Takes over an open line.</summary>
    /// <param name="controller">The controller of the line's chip; disposed with this.</param>
    /// <param name="line">The open line.</param>
    /// <param name="activeLow">A low level is active.</param>
    internal GpioOutput(LineController controller, int line, bool activeLow) => (_controller, _line, _activeLow) = (controller, line, activeLow);

    /// <summary>Makes the line active or inactive.</summary>
    /// <exception cref="IOException">The chip is gone.</exception>
    public void Set(bool active)
    {
        try
        {
            _controller.Write(_line, active != _activeLow ? PinValue.High : PinValue.Low);
        }
        catch (Exception e) when (e is not IOException && GpioLines.IsFailure(e))
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _controller.Close();
}
