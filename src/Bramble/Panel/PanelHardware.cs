using System.Device.I2c;
using Bramble.Configuration;
using Bramble.Linux.Gpio;
using Bramble.Linux.I2c;
using Bramble.Linux.Input;
using Bramble.Linux.Leds;
using Bramble.Panel.Display;

namespace Bramble.Panel;

/// <summary>The parts of the panel that are there. Looks for those that are missing; the ones that are in use are left alone.</summary>
internal sealed class PanelHardware : IDisposable
{
    private const int KeyProg1 = 148; // include/uapi/linux/input-event-codes.h
    private static readonly string[] s_actLeds = ["ACT", "led0", "act"];

    private readonly Func<IReadOnlyList<I2cAdapter>> _adapters;
    private readonly Func<int, I2cBus> _openBus;
    private readonly string _leds;
    private I2cBus? _bus;
    private PanelConfig _config;

    /// <summary>Nothing is looked for yet.</summary>
    /// <param name="config">Settings.</param>
    public PanelHardware(PanelConfig config)
        : this(config, static () => I2cAdapter.List(), I2cBus.Create, "/sys/class/leds")
    {
    }

    /// <summary>Parts of other machines, for the tests.</summary>
    /// <param name="config">Settings.</param>
    /// <param name="adapters">The I²C buses there are.</param>
    /// <param name="openBus">Opens one.</param>
    /// <param name="leds">Folder of the kernel's LEDs.</param>
    internal PanelHardware(PanelConfig config, Func<IReadOnlyList<I2cAdapter>> adapters, Func<int, I2cBus> openBus, string leds) =>
        (_config, _adapters, _openBus, _leds) = (config, adapters, openBus, leds);

    /// <summary>The display; null for none.</summary>
    public OledDisplay? Display { get; private set; }

    /// <summary>Where the display is, for people.</summary>
    public string DisplayPlace { get; private set; } = "";

    /// <summary>The status LED; null for none.</summary>
    public IPanelLed? StatusLed { get; private set; }

    /// <summary>The activity LED; null for none.</summary>
    public IPanelLed? ActivityLed { get; private set; }

    /// <summary>The button; null for none.</summary>
    public IButtonLine? Button { get; private set; }

    /// <summary>What the button is, for people.</summary>
    public string ButtonName { get; private set; } = "";

    /// <summary>There is a part.</summary>
    public bool IsAny => Display is not null || StatusLed is not null || ActivityLed is not null || Button is not null;

    /// <summary>A display may yet be plugged in where nobody tells: there is a bus to look at again.</summary>
    public bool CanLookForDisplay { get; private set; }

    /// <summary>Why parts that the configuration names are not there; empty if they all are.</summary>
    public IReadOnlyList<string> Troubles { get; private set; } = [];

    /// <summary>Takes new settings: lets all parts go, to be found anew.</summary>
    public void Configure(PanelConfig config)
    {
        LetGo(shuttingDown: false);
        _config = config;
    }

    /// <summary>Looks for what is missing.</summary>
    public void Find()
    {
        var troubles = new List<string>();
        FindDisplay(troubles);
        StatusLed ??= Try(troubles, "status-led", _config.StatusLed, () => FindLed(_config.StatusLed, "bramble:status", s_actLeds));
        ActivityLed ??= Try(troubles, "activity-led", _config.ActivityLed, () => FindLed(_config.ActivityLed, "bramble:activity", []));
        Button ??= Try(troubles, "button", _config.Button, FindButton);
        Troubles = troubles;
    }

    /// <summary>The display does not answer any more.</summary>
    public void LoseDisplay()
    {
        Display = null;
        _bus?.Dispose();
        _bus = null;
    }

    /// <summary>The button is gone.</summary>
    public void LoseButton()
    {
        Button?.Dispose();
        Button = null;
    }

    /// <summary>An LED is gone.</summary>
    public void LoseLed(IPanelLed led)
    {
        led.Dispose();
        StatusLed = StatusLed == led ? null : StatusLed;
        ActivityLed = ActivityLed == led ? null : ActivityLed;
    }

    /// <summary>Lets all parts go.</summary>
    /// <param name="shuttingDown">The machine goes down: LEDs that can go on blinking by themselves do.</param>
    public void LetGo(bool shuttingDown)
    {
        try
        {
            Display?.TurnOff();
        }
        catch (IOException)
        {
            // It is gone already.
        }

        LoseDisplay();
        LoseButton();
        foreach (IPanelLed? led in (IPanelLed?[])[StatusLed, ActivityLed])
        {
            led?.Release(shuttingDown);
            led?.Dispose();
        }

        (StatusLed, ActivityLed) = (null, null);
    }

    /// <inheritdoc/>
    public void Dispose() => LetGo(shuttingDown: false);

    private void FindDisplay(List<string> troubles)
    {
        if (Display is not null || _config.Display.IsOff)
        {
            return;
        }

        bool looked = false;
        foreach (I2cAdapter adapter in _adapters())
        {
            if (_config.DisplayBus is { } only ? adapter.Number != only : !adapter.IsForPeople)
            {
                continue;
            }

            try
            {
                _bus = _openBus(adapter.Number);
                looked = true;
                if (Probe(_bus, adapter))
                {
                    break;
                }

                _bus.Dispose();
                _bus = null;
            }
            catch (IOException e)
            {
                // A bus that went away meanwhile is not an error; one that is there and cannot be opened is.
                if (_config.DisplayBus is not null || File.Exists(adapter.Node))
                {
                    troubles.Add($"display: {e.Message}");
                }
            }
        }

        CanLookForDisplay = looked;
    }

    private bool Probe(I2cBus bus, I2cAdapter adapter)
    {
        foreach (byte address in OledProbe.Addresses)
        {
            if (adapter.IsUsedByKernel(address))
            {
                continue;
            }

            I2cDevice device = bus.CreateDevice(address);
            if (OledProbe.Find(device) is { } found)
            {
                DisplayModel model = _config.Display.Model ?? found;
                Display = new OledDisplay(device, model, _config.UpsideDown);
                DisplayPlace = $"{NameOf(model)} on i2c-{adapter.Number} at 0x{address:x2}";
                return true;
            }

            device.Dispose();
        }

        return false;
    }

    private static string NameOf(DisplayModel model) => model switch
    {
        DisplayModel.Sh1106 => "SH1106",
        DisplayModel.Ssd1306At32 => "SSD1306 128x32",
        _ => "SSD1306 128x64",
    };

    private IPanelLed? FindLed(PanelPart part, string overlayName, string[] otherwise)
    {
        if (part.Kind == PanelPartKind.Gpio)
        {
            (int chip, int line) = FindLine(part);
            return new GpioLed(GpioLines.OpenOutput(chip, line, part.ActiveLow ?? false), part.ToString());
        }

        if (part.Kind == PanelPartKind.Device)
        {
            return new KernelLed(LedDevice.Open(part.Name, _leds));
        }

        IReadOnlyList<string> there = LedDevice.List(_leds);
        string? name = there.Contains(overlayName) ? overlayName : otherwise.FirstOrDefault(there.Contains);
        return name is null ? null : new KernelLed(LedDevice.Open(name, _leds));
    }

    private IButtonLine? FindButton()
    {
        PanelPart part = _config.Button;
        if (part.Kind == PanelPartKind.Gpio)
        {
            (int chip, int line) = FindLine(part);
            ButtonName = part.ToString();
            return GpioLines.OpenInput(chip, line, part.ActiveLow ?? true);
        }

        foreach (InputNode node in InputNode.List())
        {
            bool named = part.Kind == PanelPartKind.Device;
            if (named ? node.Name != part.Name : node.Driver is not ("gpio-keys" or "gpio-keys-polled"))
            {
                continue;
            }

            if (InputDevice.Open(node.Path, named ? 0 : KeyProg1) is { } device)
            {
                ButtonName = device.Name;
                return device;
            }
        }

        return part.Kind == PanelPartKind.Device ? throw new IOException($"There is no input device '{part.Name}'.") : null;
    }

    private static (int Chip, int Line) FindLine(PanelPart part)
    {
        IReadOnlyList<GpioChip> chips = GpioChip.ReadAll(out IOException? refused);
        return GpioPlace.Find(part, chips, refused);
    }

    private static T? Try<T>(List<string> troubles, string key, PanelPart part, Func<T?> find)
        where T : class
    {
        if (part.Kind == PanelPartKind.Off)
        {
            return null;
        }

        try
        {
            return find();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            troubles.Add($"{key} = {part}: {e.Message}");
            return null;
        }
    }
}
