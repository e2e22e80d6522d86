using Bramble.Configuration;
using Bramble.Panel.Display;
using Xunit;

namespace Bramble.Tests.Configuration;

public sealed class PanelConfigTests
{
    [Fact]
    public void Everything_is_found_by_looking_unless_it_is_said()
    {
        PanelConfig panel = Read("").Config!.Panel;
        Assert.Equal(new PanelConfig(), panel);
        Assert.Equal(PanelPartKind.Auto, panel.Button.Kind);
    }

    [Theory]
    [InlineData("button = gpio:27", "Gpio 27  ")]
    [InlineData("button = gpio:GPIO27, active-high", "Gpio GPIO27  False")]
    [InlineData("button = gpio:gpiochip1/4, active-low", "Gpio 4 gpiochip1 True")]
    [InlineData("button = input:My button/left", "Device My button/left  ")]
    [InlineData("button = off", "Off   ")]
    public void Wiring_is_read_in_every_form(string line, string expected)
    {
        PanelPart part = Read("[panel]\n" + line + "\n").Config!.Panel.Button;
        Assert.Equal(expected, $"{part.Kind} {part.Name} {part.Chip} {part.ActiveLow}");
    }

    [Fact]
    public void Display_and_leds_are_read()
    {
        PanelConfig panel = Read("[panel]\ndisplay = SH1106\ndisplay-bus = 3\nupside-down = yes\nbrightness = 255\nsleep = 10m\nstatus-led = led:ACT\nactivity-led = gpio:22, active-low\n").Config!.Panel;
        Assert.Equal((DisplayModel.Sh1106, 3, true, (byte)255, TimeSpan.FromMinutes(10)), (panel.Display.Model!.Value, panel.DisplayBus!.Value, panel.UpsideDown, panel.Brightness, panel.Sleep));
        Assert.Equal((new PanelPart(PanelPartKind.Device, "ACT"), new PanelPart(PanelPartKind.Gpio, "22", "", true)), (panel.StatusLed, panel.ActivityLed));
    }

    [Theory]
    [InlineData("display = ssd1309")]
    [InlineData("display-bus = 256")]
    [InlineData("brightness = 0")]
    [InlineData("sleep = 5s")]
    [InlineData("status-led = input:x")]
    [InlineData("status-led = led:../../x")]
    [InlineData("status-led = led:a/b")]
    [InlineData("status-led = led:ACT, active-low")]
    [InlineData("button = gpio:")]
    [InlineData("button = gpio:chip1/4")]
    [InlineData("button = gpio:4, active")]
    [InlineData("button = gpio:4, active-low, active-low")]
    [InlineData("button = 4")]
    public void Mistakes_are_told_with_their_line(string line)
    {
        ConfigError error = Assert.Single(Read("[panel]\n" + line + "\n").Errors);
        Assert.Equal(2, error.Line);
        Assert.Contains("use", error.ToString(), StringComparison.Ordinal);
    }

    private static (BrambleConfig? Config, IReadOnlyList<ConfigError> Errors) Read(string text) => ConfigFile.Parse("b.conf", text);
}
