using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Runtime.InteropServices;

namespace Bramble.Linux.Gpio;

/// <summary>Opens GPIO lines with System.Device.Gpio, by the version of libgpiod that the system has.</summary>
public static class GpioLines
{
    // Debian 13 has libgpiod 2 (package libgpiod3), Debian 12 has libgpiod 1.6 (package libgpiod2). Each has a driver of its own in
    // System.Device.Gpio.
    private const string Libgpiod2 = "libgpiod.so.3";
    private const string Libgpiod1 = "libgpiod.so.2";

    /// <summary>Opens a line as an input that reports its edges. The chip's pull resistor holds the line inactive, where the chip has one.</summary>
    /// <param name="chip">The N of <c>/dev/gpiochipN</c>.</param>
    /// <param name="offset">The line of the chip.</param>
    /// <param name="activeLow">A low level is active.</param>
    /// <exception cref="IOException">The line is in use or does not exist, access is denied, or libgpiod is not installed.</exception>
    public static GpioInput OpenInput(int chip, int offset, bool activeLow) => Open(chip, offset, "input", controller =>
    {
        controller.OpenPin(offset);
        PinMode pulled = activeLow ? PinMode.InputPullUp : PinMode.InputPullDown;
        if (!TrySetMode(controller, offset, pulled))
        {
            // The driver of libgpiod 2 sets the bias alone, which the kernel refuses while the line has no direction.
            controller.SetPinMode(offset, PinMode.Input);

            // Not every chip has pull resistors; the wiring may have one.
            _ = TrySetMode(controller, offset, pulled);
        }

        return new GpioInput(controller, offset, activeLow);
    });

    /// <summary>Opens a line as an output, inactive at first.</summary>
    /// <param name="chip">The N of <c>/dev/gpiochipN</c>.</param>
    /// <param name="offset">The line of the chip.</param>
    /// <param name="activeLow">A low level is active.</param>
    /// <exception cref="IOException">As for <see cref="OpenInput"/>.</exception>
    public static GpioOutput OpenOutput(int chip, int offset, bool activeLow) => Open(chip, offset, "output", controller =>
    {
        controller.OpenPin(offset, PinMode.Output, activeLow ? PinValue.High : PinValue.Low);
        return new GpioOutput(controller, offset, activeLow);
    });

    private static bool TrySetMode(LineController controller, int offset, PinMode mode)
    {
        try
        {
            controller.SetPinMode(offset, mode);
            return true;
        }
        catch (Exception e) when (IsFailure(e))
        {
            return false;
        }
    }

    private static T Open<T>(int chip, int offset, string use, Func<LineController, T> open)
    {
        LineController? controller = null;
        try
        {
            controller = new LineController(CreateDriver(chip));
            return open(controller);
        }
        catch (Exception e)
        {
            controller?.Close();
            if (IsFailure(e))
            {
                throw new IOException($"GPIO line {offset} of gpiochip{chip} cannot be used as an {use}: {ReasonOf(e)}", e);
            }

            throw;
        }
    }

    private static UnixDriver CreateDriver(int chip) =>
        NativeLibrary.TryLoad(Libgpiod2, out _) ? new LibGpiodV2Driver(chip)
        : NativeLibrary.TryLoad(Libgpiod1, out _) ? new LibGpiodDriver(chip)
        : throw new IOException("libgpiod is not installed: install the package libgpiod3 (Debian 12: libgpiod2).");

    /// <summary>What the drivers throw when the system refuses.</summary>
    internal static bool IsFailure(Exception e) =>
        e is IOException or InvalidOperationException or PlatformNotSupportedException or UnauthorizedAccessException;

    // The driver of libgpiod 2 may wrap the reason, and adds all settings of the request after it.
    private static string ReasonOf(Exception e)
    {
        string message = e.InnerException?.Message ?? e.Message;
        int settings = message.IndexOf(", RequestConfig", StringComparison.Ordinal);
        return settings < 0 ? message : message[..settings];
    }
}
