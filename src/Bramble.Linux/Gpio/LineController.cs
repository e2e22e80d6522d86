using System.Device.Gpio;

namespace Bramble.Linux.Gpio;

/// <summary>A controller that can be closed after its chip has gone.</summary>
internal sealed class LineController : GpioController
{
    private readonly GpioDriver _driver;

    /// <summary>Creates a controller.</summary>
    /// <param name="driver">The driver of the chip; closed with the controller.</param>
    public LineController(GpioDriver driver)
        : base(driver) => _driver = driver;

    /// <summary>Closes the controller and its driver.</summary>
    public void Close()
    {
        try
        {
            Dispose();
        }
        catch (Exception e) when (GpioLines.IsFailure(e))
        {
            // The driver of libgpiod 1 throws when the chip has gone. Its finalizer would throw again, which ends the process.
            GC.SuppressFinalize(_driver);
        }
    }
}
