using Bramble.Linux.Gpio;

namespace Bramble.Panel;

/// <summary>An LED on a GPIO line.</summary>
internal sealed class GpioLed(GpioOutput line, string name) : IPanelLed
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public void Set(bool lit) => line.Set(lit);

    /// <inheritdoc/>
    public void Release(bool shuttingDown)
    {
        try
        {
            line.Set(false);
        }
        catch (IOException)
        {
            // The chip is gone, and the LED with it.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => line.Dispose();
}
