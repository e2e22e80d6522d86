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
        Assert.Equal((68, 256, 272, 592), GpioChip.Sizes);
        Assert.Equal(48, GpioInput.EventSize);
    }

    [Theory]
    [InlineData("add@/devices/platform/leds/leds/ACT\0ACTION=add\0SUBSYSTEM=leds\0SEQNUM=1\0", true)]
    [InlineData("remove@/devices/x/i2c-1\0ACTION=remove\0SUBSYSTEM=i2c-dev", true)]
    [InlineData("change@/devices/platform/leds/leds/ACT\0ACTION=change\0SUBSYSTEM=leds\0", false)]
    [InlineData("add@/devices/virtual/net/veth0\0ACTION=add\0SUBSYSTEM=net\0", false)]
    [InlineData("add@/x\0SUBSYSTEM=ledsandmore\0", false)]
    [InlineData("", false)]
    [InlineData("\0\0\0", false)]
    public void News_of_the_kernel_are_told_apart(string message, bool concerns)
    {
        Assert.Equal(concerns, UeventSocket.Concerns(message, ["leds", "i2c-dev"]));
    }

    [Fact]
    public void The_kernels_news_can_be_listened_to()
    {
        using UeventSocket socket = UeventSocket.Open();
        Assert.False(socket.Drain(["no-such-kind"]));
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
        Assert.Contains("/dev/i2c-250", Assert.ThrowsAny<IOException>(() => I2cBus.Open(250)).Message, StringComparison.Ordinal);
        Assert.Contains("/dev/null", Assert.ThrowsAny<IOException>(() => GpioChip.Open("/dev/null")).Message, StringComparison.Ordinal);
        Assert.Contains("/dev/null", Assert.ThrowsAny<IOException>(() => InputDevice.Open("/dev/null", 148)).Message, StringComparison.Ordinal);
    }
}
