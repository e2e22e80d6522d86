using Bramble.Configuration;
using Bramble.Linux.Gpio;
using Bramble.Panel;
using Xunit;

namespace Bramble.Tests.Panel;

/// <summary>Which line a setting means, and that none is taken on a guess: the wrong one may drive a part of the board.</summary>
public sealed class GpioPlaceTests
{
    private static readonly PanelPart s_number = Part("17");

    [Theory]
    [InlineData("pinctrl-bcm2835")]
    [InlineData("pinctrl-bcm2711")]
    [InlineData("pinctrl-rp1")]
    public void A_number_is_the_line_of_the_headers_chip_with_names_or_without(string label)
    {
        GpioChip soc = Chip(0, "gpio-brcmstb@107d508500", 32), unnamed = Chip(4, label, 54);
        Assert.Equal((4, 17), GpioPlace.Find(s_number, [soc, unnamed]));
        Assert.Equal((4, 20), GpioPlace.Find(s_number, [soc, unnamed with { Lines = Named(54, 20, "GPIO17") }]));
    }

    [Fact]
    public void A_line_with_the_name_is_taken_whatever_its_chip()
    {
        Assert.Equal((1, 3), GpioPlace.Find(s_number, [Chip(0, "gpio-sim.0", 8), new GpioChip(1, "gpio-sim.1", Named(8, 3, "GPIO17"))]));
        Assert.Equal((1, 3), GpioPlace.Find(Part("LAMP"), [Chip(0, "pinctrl-rp1", 54), new GpioChip(1, "pca9535", Named(8, 3, "LAMP"))]));
    }

    [Fact]
    public void Two_chips_without_names_are_refused_with_the_reason()
    {
        string message = Refused(s_number, [Chip(0, "gpio-sim.0", 32), Chip(1, "gpio-sim.1", 32)]);
        Assert.Equal(
            "This machine has no line GPIO17, and no chip that a Raspberry Pi's header is connected to: it has gpiochip0 (gpio-sim.0), gpiochip1 (gpio-sim.1). "
                + "For one of these name the chip, as in gpio:gpiochip0/17.",
            message);
    }

    [Fact]
    public void Of_two_lines_with_the_name_the_headers_is_taken_or_none()
    {
        GpioChip one = new(0, "pca9535", Named(16, 1, "GPIO17")), two = one with { Number = 1 }, header = new(2, "pinctrl-bcm2711", Named(54, 17, "GPIO17"));
        Assert.Equal((2, 17), GpioPlace.Find(s_number, [one, two, header]));
        Assert.Equal("gpiochip0 and gpiochip1 both have a line GPIO17: name the chip, as in gpio:gpiochip0/17.", Refused(s_number, [one, two]));
    }

    [Theory]
    [InlineData("28")]
    [InlineData("42")]
    public void A_line_of_the_headers_chip_that_is_not_on_the_header_is_refused(string number)
    {
        Assert.Equal(
            $"GPIO {number} is not on the 40-pin header, which has GPIO 0 to 27: name the chip, as in gpio:gpiochip0/{number}.",
            Refused(Part(number), [Chip(0, "pinctrl-bcm2711", 58)]));
    }

    [Fact]
    public void A_chip_that_is_named_is_the_users_choice()
    {
        GpioChip chip = new(1, "gpio-sim.1", Named(8, 3, "LAMP"));
        Assert.Equal((1, 7), GpioPlace.Find(Part("7", "gpiochip1"), [Chip(0, "pinctrl-rp1", 54), chip]));
        Assert.Equal((1, 3), GpioPlace.Find(Part("LAMP", "gpiochip1"), [chip]));
        Assert.Equal("gpiochip1 (gpio-sim.1) has no line '8'; it has 8.", Refused(Part("8", "gpiochip1"), [chip]));
        Assert.Equal("gpiochip1 (gpio-sim.1) has no line 'DOOR'; it has 8.", Refused(Part("DOOR", "gpiochip1"), [chip]));
        Assert.Equal("This machine has no GPIO chip 'gpiochip2'.", Refused(Part("8", "gpiochip2"), [chip]));
    }

    [Fact]
    public void Without_a_line_the_reason_is_given()
    {
        Assert.Equal("This machine has no GPIO chip.", Refused(s_number, []));
        Assert.Equal("No GPIO line is named 'LAMP'.", Refused(Part("LAMP"), [Chip(0, "pinctrl-rp1", 54)]));
        // A chip that could not be read may have been the one.
        var denied = new IOException("open /dev/gpiochip0: Permission denied");
        Assert.Same(denied, Assert.Throws<IOException>(() => GpioPlace.Find(s_number, [Chip(1, "gpio-sim.1", 32)], denied)));
        Assert.Same(denied, Assert.Throws<IOException>(() => GpioPlace.Find(Part("1", "gpiochip0"), [], denied)));
    }

    private static string Refused(PanelPart part, IReadOnlyList<GpioChip> chips) => Assert.Throws<IOException>(() => GpioPlace.Find(part, chips)).Message;

    private static PanelPart Part(string name, string chip = "") => new(PanelPartKind.Gpio, name, chip);

    private static GpioChip Chip(int number, string label, int lines) => new(number, label, Named(lines, -1, ""));

    private static string[] Named(int lines, int line, string name) => [.. Enumerable.Range(0, lines).Select(offset => offset == line ? name : "")];
}
