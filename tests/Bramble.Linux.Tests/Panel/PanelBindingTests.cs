using System.Device.Gpio;
using System.Device.I2c;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Bramble.Linux.Devices;
using Bramble.Linux.Gpio;
using Bramble.Linux.I2c;
using Bramble.Linux.Input;
using Bramble.Linux.Leds;
using Xunit;

namespace Bramble.Linux.Tests.Panel;

/// <summary>Bindings of the front panel, as far as they can be tried on a machine that has none of its devices.</summary>
public sealed class PanelBindingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bramble-panel").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Structures_have_the_sizes_that_the_kernel_checks()
    {
        Assert.Equal((68, 256), GpioChip.Sizes);
    }

    [Theory]
    [InlineData("add@/devices/platform/leds/leds/ACT\0ACTION=add\0SUBSYSTEM=leds\0SEQNUM=1\0", DeviceNews.Early)]
    [InlineData("remove@/devices/x/i2c-1\0ACTION=remove\0SUBSYSTEM=i2c-dev", DeviceNews.Early)]
    [InlineData("libudev\0????\u0028\0ACTION=add\0DEVPATH=/devices/x/i2c-1\0SUBSYSTEM=i2c-dev\0", DeviceNews.Settled)]
    [InlineData("libudev\0????\u0028\0ACTION=change\0DEVPATH=/devices/x/i2c-1\0SUBSYSTEM=i2c-dev\0", DeviceNews.None)]
    [InlineData("change@/devices/platform/leds/leds/ACT\0ACTION=change\0SUBSYSTEM=leds\0", DeviceNews.None)]
    [InlineData("add@/devices/virtual/net/veth0\0ACTION=add\0SUBSYSTEM=net\0", DeviceNews.None)]
    [InlineData("add@/x\0ACTION=add\0SUBSYSTEM=ledsandmore\0", DeviceNews.None)]
    [InlineData("", DeviceNews.None)]
    [InlineData("\0\0\0", DeviceNews.None)]
    public void News_of_devices_are_told_apart(string message, DeviceNews news)
    {
        Assert.Equal(news, UeventSocket.About(message, ["leds", "i2c-dev"]));
    }

    [Fact]
    public void The_kernels_news_can_be_listened_to()
    {
        using UeventSocket socket = UeventSocket.Open();
        Assert.Equal(DeviceNews.None, socket.Drain(["no-such-kind"]));
        using var poll = new DevicePoll();
        poll.Wake();
        poll.Wait([socket, null], Timeout.InfiniteTimeSpan);
        poll.Wait([socket, null], TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void An_led_is_taken_from_its_trigger_and_given_back()
    {
        string act = Directory.CreateDirectory(Path.Combine(_folder, "ACT")).FullName;
        File.WriteAllText(Path.Combine(act, "max_brightness"), "1\n");
        File.WriteAllText(Path.Combine(act, "brightness"), "0");
        File.WriteAllText(Path.Combine(act, "trigger"), "none kbd-numlock [heartbeat] timer\n");
        using (LedDevice led = LedDevice.Open("ACT", _folder))
        {
            Assert.Equal("none", File.ReadAllText(Path.Combine(act, "trigger")));
            led.Set(lit: true);
            Assert.Equal("1", File.ReadAllText(Path.Combine(act, "brightness")));
            led.Restore();
        }

        Assert.Equal(("0", "heartbeat"), (File.ReadAllText(Path.Combine(act, "brightness")), File.ReadAllText(Path.Combine(act, "trigger"))));
        Assert.Equal(["ACT"], LedDevice.List(_folder));
        Assert.Throws<FileNotFoundException>(() => LedDevice.Open("PWR", _folder));
    }

    [Theory]
    [InlineData("none [mmc0] timer", "mmc0")]
    [InlineData("[none] timer", "none")]
    [InlineData("none timer", null)]
    [InlineData("]none[", null)]
    [InlineData("", null)]
    public void The_trigger_in_brackets_is_the_present_one(string list, string? trigger) => Assert.Equal(trigger, LedDevice.CurrentTrigger(list));

    [Theory]
    [InlineData("bcm2835 (i2c@7e804000)", true)]
    [InlineData("Synopsys DesignWare I2C adapter", true)]
    [InlineData("", true)]
    [InlineData("SMBus I801 adapter at efa0", false)]
    [InlineData("i915 gmbus dpb", false)]
    [InlineData("AMDGPU DM i2c hw bus 0", false)]
    [InlineData("NVIDIA i2c adapter 1 at 1:00.0", false)]
    public void Buses_of_monitors_and_memory_are_left_alone(string name, bool forPeople) => Assert.Equal(forPeople, new I2cAdapter(1, name).IsForPeople);

    /// <summary>System.Device.I2c transfers at such an address all the same.</summary>
    [Fact]
    public void An_address_that_a_kernel_driver_uses_is_known()
    {
        var bus = new I2cAdapter(1, "bcm2835");
        Directory.CreateDirectory(Path.Combine(_folder, "1-003c", "driver"));
        Directory.CreateDirectory(Path.Combine(_folder, "1-003d"));
        Assert.True(bus.IsUsedByKernel(0x3C, _folder));
        Assert.False(bus.IsUsedByKernel(0x3D, _folder));
        Assert.False((bus with { Number = 11 }).IsUsedByKernel(0x3C, _folder));
    }

    [Fact]
    public void A_chip_that_cannot_be_read_is_reported_and_the_rest_is_listed()
    {
        File.WriteAllText(Path.Combine(_folder, "gpiochip0"), "");
        File.WriteAllText(Path.Combine(_folder, "gpiochip"), "");
        Assert.Empty(GpioChip.ReadAll(out IOException? refused, _folder));
        Assert.Contains("gpiochip0 as a GPIO chip", refused?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Edges_come_through_the_drivers_callback_with_the_time_of_the_callback()
    {
        using var chip = new FakeGpioDriver { Value = PinValue.High };
        using var poll = new DevicePoll();
        var edges = new List<(bool Down, TimeSpan At)>();
        using (var button = new GpioInput(chip.OpenController(7, PinMode.InputPullUp), 7, activeLow: true))
        {
            Assert.False(button.IsDown());
            button.ReadEdges((down, at) => edges.Add((down, at)));
            Assert.Empty(edges);

            TimeSpan before = Stopwatch.GetElapsedTime(0);
            chip.Change(PinValue.Low);
            chip.Change(PinValue.High);
            chip.Change(PinValue.Low);
            // Wakes the one who waits for the line.
            poll.Wait([button], Timeout.InfiniteTimeSpan);
            button.ReadEdges((down, at) => edges.Add((down, at)));
            Assert.Equal([true, false, true], edges.Select(e => e.Down));
            Assert.All(edges, e => Assert.InRange(e.At, before, Stopwatch.GetElapsedTime(0)));
            Assert.Equal(edges.Select(e => e.At), edges.Select(e => e.At).Order());
            Assert.True(button.IsDown());

            // Chatter faster than it is read does not fill the memory; the level is right all the same.
            for (int i = 0; i < 1001; i++)
            {
                chip.Change(i % 2 == 0 ? PinValue.High : PinValue.Low);
            }

            edges.Clear();
            button.ReadEdges((down, at) => edges.Add((down, at)));
            Assert.Equal(256, edges.Count);
            Assert.False(button.IsDown());
            Assert.Equal(1, chip.Callbacks);
        }

        Assert.True(chip.IsDisposed);
        chip.Change(PinValue.Low);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_output_that_is_active_low_is_inverted(bool activeLow)
    {
        var chip = new FakeGpioDriver();
        var led = new GpioOutput(chip.OpenController(3, PinMode.Output), 3, activeLow);
        led.Set(active: true);
        Assert.Equal(activeLow ? PinValue.Low : PinValue.High, chip.Value);
        led.Set(active: false);
        Assert.Equal(activeLow ? PinValue.High : PinValue.Low, chip.Value);
        chip.IsGone = true;
        Assert.ThrowsAny<IOException>(() => led.Set(active: true));
        // The driver of libgpiod 1 throws then.
        led.Dispose();
        Assert.True(chip.IsDisposed);
    }

    [Fact]
    public void A_chip_that_has_gone_is_not_closed_again_by_the_garbage_collector()
    {
        StrongBox<int> closes = CloseGone();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(1, closes.Value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static StrongBox<int> CloseGone()
    {
        var chip = new FakeGpioDriver { IsGone = true };
        new GpioOutput(chip.OpenController(3, PinMode.Output), 3, activeLow: false).Dispose();
        return chip.Closes;
    }

    [Fact]
    public void Buses_and_input_devices_are_listed_from_their_nodes()
    {
        string nodes = Directory.CreateDirectory(Path.Combine(_folder, "dev")).FullName;
        foreach (string node in (string[])["i2c-10", "i2c-2", "i2c-x", "event1", "mice"])
        {
            File.WriteAllText(Path.Combine(nodes, node), "");
        }

        string describe = Directory.CreateDirectory(Path.Combine(_folder, "class", "i2c-2")).FullName;
        File.WriteAllText(Path.Combine(describe, "name"), "bcm2835\n");
        Assert.Equal([new I2cAdapter(2, "bcm2835"), new I2cAdapter(10, "")], I2cAdapter.List(nodes, Path.Combine(_folder, "class")));

        string device = Directory.CreateDirectory(Path.Combine(_folder, "class", "event1", "device", "device")).FullName;
        File.WriteAllText(Path.Combine(device, "..", "name"), "bramble-button\n");
        Directory.CreateSymbolicLink(Path.Combine(device, "driver"), "../../../bus/platform/drivers/gpio-keys");
        Assert.Equal([new InputNode(Path.Combine(nodes, "event1"), "bramble-button", "gpio-keys")], InputNode.List(nodes, Path.Combine(_folder, "class")));
        Assert.Empty(InputNode.List(Path.Combine(_folder, "none")));
    }

    [Fact]
    public void Missing_devices_are_told_by_name()
    {
        Assert.Contains("/dev/i2c-250", Assert.ThrowsAny<IOException>(() => I2cBus.Create(250)).Message, StringComparison.Ordinal);
        Assert.Contains("/dev/null", Assert.ThrowsAny<IOException>(() => GpioChip.Read("/dev/null", 0)).Message, StringComparison.Ordinal);
        Assert.Contains("GPIO line 4 of gpiochip250", Assert.ThrowsAny<IOException>(() => GpioLines.OpenInput(250, 4, activeLow: true)).Message, StringComparison.Ordinal);
        Assert.Contains("GPIO line 4 of gpiochip250", Assert.ThrowsAny<IOException>(() => GpioLines.OpenOutput(250, 4, activeLow: false)).Message, StringComparison.Ordinal);
        Assert.Contains("/dev/null", Assert.ThrowsAny<IOException>(() => InputDevice.Open("/dev/null", 148)).Message, StringComparison.Ordinal);
    }
}
