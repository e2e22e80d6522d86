using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Runtime.CompilerServices;
using Bramble.Linux.Gpio;

namespace Bramble.Linux.Tests.Panel;

/// <summary>A GPIO chip in memory with one line, below System.Device.Gpio's controller.</summary>
internal sealed class FakeGpioDriver : GpioDriver
{
    private PinChangeEventHandler? _changed;
    private PinMode _mode;

    public PinValue Value { get; set; }

    public int Callbacks { get; private set; }

    public bool IsGone { get; set; }

    public bool IsDisposed => Closes.Value > 0;

    /// <summary>How often it was closed, by the controller or by the garbage collector. Outlives the driver.</summary>
    public StrongBox<int> Closes { get; } = new();

    protected override int PinCount => 54;

    public LineController OpenController(int line, PinMode mode)
    {
        var controller = new LineController(this);
        controller.OpenPin(line, mode);
        return controller;
    }

    public void Change(PinValue value)
    {
        Value = value;
        _changed?.Invoke(this, new PinValueChangedEventArgs(value == PinValue.High ? PinEventTypes.Rising : PinEventTypes.Falling, 7));
    }

    protected override void AddCallbackForPinValueChangedEvent(int pinNumber, PinEventTypes eventTypes, PinChangeEventHandler callback)
    {
        Callbacks++;
        _changed += callback;
    }

    protected override void RemoveCallbackForPinValueChangedEvent(int pinNumber, PinChangeEventHandler callback) => _changed -= callback;

    protected override void OpenPin(int pinNumber)
    {
    }

    protected override void ClosePin(int pinNumber)
    {
    }

    protected override PinMode GetPinMode(int pinNumber) => _mode;

    protected override bool IsPinModeSupported(int pinNumber, PinMode mode) => true;

    protected override PinValue Read(int pinNumber) => Value;

    protected override void SetPinMode(int pinNumber, PinMode mode) => _mode = mode;

    protected override void Toggle(int pinNumber) => Value = !Value;

    protected override WaitForEventResult WaitForEvent(int pinNumber, PinEventTypes eventTypes, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    protected override void Write(int pinNumber, PinValue value) => Value = IsGone ? throw new InvalidOperationException("No such device") : value;

    protected override void Dispose(bool disposing)
    {
        Closes.Value++;
        if (IsGone)
        {
            throw new IOException("No such device");
        }
    }
}
