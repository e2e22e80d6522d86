using Bramble.Linux.Leds;

namespace Bramble.Panel;

/// <summary>An LED of <c>/sys/class/leds</c>.</summary>
internal sealed class KernelLed(LedDevice led) : IPanelLed
{
    private const int ShutdownBlink = 250;

    /// <inheritdoc/>
    public string Name => led.Name;

    /// <inheritdoc/>
    public void Set(bool lit) => led.Set(lit);

    /// <inheritdoc/>
    public void Release(bool shuttingDown)
    {
        if (shuttingDown)
        {
            led.BlinkByItself(ShutdownBlink);
        }
        else
        {
            led.Restore();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => led.Dispose();
}
