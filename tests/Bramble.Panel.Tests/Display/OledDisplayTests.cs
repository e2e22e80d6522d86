using Bramble.Panel.Control;
using Bramble.Panel.Display;
using Bramble.Panel.Drawing;
using Bramble.Panel.Pages;
using Bramble.Panel.Tests.Support;
using Bramble.VirtualPanel;

namespace Bramble.Panel.Tests.Display;

public sealed class OledDisplayTests
{
    public static TheoryData<DisplayModel> Models => new(Enum.GetValues<DisplayModel>());

    [Theory]
    [MemberData(nameof(Models))]
    public void Any_picture_arrives_pixel_by_pixel(DisplayModel model)
    {
        using var glass = new OledModel(model);
        var display = new OledDisplay(glass.CreateDevice(0x3C), model);
        var random = new Random(42);
        for (int i = 0; i < 60; i++)
        {
            Canvas picture = Scribble(random, display.Height, i % 3 == 0 ? 900 : i % 3 == 1 ? 5 : 1);
            display.Show(Frame(picture), TimeSpan.FromMilliseconds(i * 10));
            Assert.True(picture.Bits.SequenceEqual(glass.Glass().Bits), Golden.AsText(glass.Glass()));
        }

        Assert.False(glass.ShowedNoise);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Upside_down_is_the_same_picture_turned(DisplayModel model)
    {
        using var glass = new OledModel(model);
        var display = new OledDisplay(glass.CreateDevice(0x3C), model, upsideDown: true);
        Canvas picture = Scribble(new Random(7), display.Height, 300);
        display.Show(Frame(picture), TimeSpan.Zero);
        Canvas seen = glass.Glass();
        for (int y = 0; y < display.Height; y++)
        {
            for (int x = 0; x < 128; x++)
            {
                Assert.Equal(picture[x, y], seen[127 - x, display.Height - 1 - y]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Only_changed_parts_are_sent(DisplayModel model)
    {
        using var glass = new OledModel(model);
        var display = new OledDisplay(glass.CreateDevice(0x3C), model);
        var picture = new Canvas(128, display.Height);
        display.Show(Frame(picture), TimeSpan.Zero);
        int before = glass.BytesSent, pictureBefore = glass.PictureBytes;
        display.Show(Frame(picture), TimeSpan.FromSeconds(1));
        Assert.Equal(before, glass.BytesSent);

        var changed = Canvas.FromBits(128, display.Height, picture.Bits);
        changed.Set(5, 9);
        changed.Set(7, 9);
        changed.Set(120, 9);
        display.Show(Frame(changed), TimeSpan.FromSeconds(1.5));
        // Two runs: columns 5 to 7 in one, 120 in the other.
        Assert.Equal(4, glass.PictureBytes - pictureBefore);
        Assert.True(glass.BytesSent - before < 24);
        Assert.True(changed.Bits.SequenceEqual(glass.Glass().Bits));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Unplugged_and_plugged_in_again_it_shows_the_whole_picture(DisplayModel model)
    {
        using var glass = new OledModel(model);
        var display = new OledDisplay(glass.CreateDevice(0x3C), model);
        Canvas picture = Scribble(new Random(1), display.Height, 200);
        display.Show(Frame(picture), TimeSpan.Zero);
        glass.IsPlugged = false;
        Assert.Throws<IOException>(() => display.Show(Frame(Scribble(new Random(2), display.Height, 200)), TimeSpan.FromSeconds(1)));
        glass.IsPlugged = true;
        glass.PowerOn();
        display.Show(Frame(picture), TimeSpan.FromSeconds(2));
        Assert.True(glass.IsOn);
        Assert.True(picture.Bits.SequenceEqual(glass.Glass().Bits));
        Assert.False(glass.ShowedNoise);
    }

    [Theory]
    [InlineData(true, 5)]
    [InlineData(false, 65)]
    public void Replugged_between_two_pictures_it_comes_back(bool canRead, int seconds)
    {
        foreach (DisplayModel model in Enum.GetValues<DisplayModel>())
        {
            using var glass = new OledModel(model) { CanRead = canRead };
            var display = new OledDisplay(glass.CreateDevice(0x3C), model);
            Canvas picture = Scribble(new Random(1), display.Height, 200);
            display.Show(Frame(picture), TimeSpan.Zero);
            glass.PowerOn();
            for (int second = 1; second <= seconds; second++)
            {
                display.Show(Frame(picture), TimeSpan.FromSeconds(second));
            }

            Assert.True(picture.Bits.SequenceEqual(glass.Glass().Bits), $"{model}\n{Golden.AsText(glass.Glass())}");
        }
    }

    [Fact]
    public void A_missing_display_is_noticed_without_a_new_picture()
    {
        using var glass = new OledModel(DisplayModel.Sh1106) { CanRead = false };
        var display = new OledDisplay(glass.CreateDevice(0x3C), DisplayModel.Sh1106);
        var picture = new Canvas(128, 64);
        display.Show(Frame(picture), TimeSpan.Zero);
        glass.IsPlugged = false;
        Assert.Throws<IOException>(() => display.Show(Frame(picture), TimeSpan.FromSeconds(3)));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void It_dims_and_sleeps_and_wakes_with_the_picture_of_now(DisplayModel model)
    {
        using var glass = new OledModel(model);
        var display = new OledDisplay(glass.CreateDevice(0x3C), model);
        Canvas picture = Scribble(new Random(1), display.Height, 200), later = Scribble(new Random(2), display.Height, 200);
        display.Show(Frame(picture), TimeSpan.Zero);
        display.Show(Frame(picture) with { Contrast = 8 }, TimeSpan.FromSeconds(1));
        Assert.Equal(8, glass.Contrast);
        display.Show(Frame(picture) with { IsOn = false }, TimeSpan.FromSeconds(2));
        Assert.False(glass.IsOn);
        int sent = glass.PictureBytes;
        display.Show(Frame(later) with { IsOn = false }, TimeSpan.FromSeconds(3));
        Assert.Equal(sent, glass.PictureBytes);
        display.Show(Frame(later), TimeSpan.FromSeconds(4));
        Assert.True(later.Bits.SequenceEqual(glass.Glass().Bits));
        display.TurnOff();
        Assert.False(glass.IsOn);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void It_is_found_and_known_at_either_address(DisplayModel model)
    {
        foreach (byte address in OledProbe.Addresses)
        {
            using var glass = new OledModel(model, address);
            Assert.Equal(model, OledProbe.Find(glass.CreateDevice(address)));
            Assert.Null(OledProbe.Find(glass.CreateDevice(0x3C + 0x3D - address)));
            Assert.Equal(0, glass.BytesSent);
        }
    }

    /// <summary>The model is a judge worth its name: it shows the mistakes that real displays show.</summary>
    [Theory]
    [InlineData(DisplayModel.Ssd1306At64, DisplayModel.Ssd1306At32)]
    [InlineData(DisplayModel.Ssd1306At32, DisplayModel.Ssd1306At64)]
    public void A_driver_for_the_wrong_size_shows_a_wrong_picture(DisplayModel real, DisplayModel taken)
    {
        using var glass = new OledModel(real);
        var display = new OledDisplay(glass.CreateDevice(0x3C), taken);
        Canvas picture = Scribble(new Random(3), display.Height, 500);
        display.Show(Frame(picture), TimeSpan.Zero);
        Canvas seen = glass.Glass();
        bool same = true;
        for (int y = 0; y < 32; y++)
        {
            for (int x = 0; x < 128; x++)
            {
                same &= seen[x, y] == picture[x, y];
            }
        }

        Assert.False(same);
    }

    [Fact]
    public void A_driver_for_the_wrong_controller_is_caught()
    {
        using var glass = new OledModel(DisplayModel.Sh1106);
        var wrong = new OledDisplay(glass.CreateDevice(0x3C), DisplayModel.Ssd1306At64);
        Assert.Throws<OledFaultException>(() => wrong.Show(Frame(new Canvas(128, 64)), TimeSpan.Zero));
    }

    [Fact]
    public void An_sh1106_written_from_column_0_is_caught()
    {
        using var glass = new OledModel(DisplayModel.Sh1106);
        var display = new OledDisplay(glass.CreateDevice(0x3C), DisplayModel.Sh1106);
        Canvas picture = Scribble(new Random(3), 64, 500);
        display.Show(Frame(picture), TimeSpan.Zero);
        glass.Write(0x3C, [0x00, 0xB0, 0x00, 0x10]);
        glass.Write(0x3C, [0x40, .. picture.Bits[..128]]);
        Assert.False(picture.Bits.SequenceEqual(glass.Glass().Bits));
    }

    /// <summary>Why <c>Ssd1306Controller</c> exists. When this fails after an update of the library, its own class may do.</summary>
    [Fact]
    public void The_librarys_own_class_for_the_ssd1306_lights_noise_and_needs_an_image_library()
    {
        using var glass = new OledModel(DisplayModel.Ssd1306At64);
        Assert.Throws<InvalidOperationException>(() => new Iot.Device.Ssd13xx.Ssd1306(glass.CreateDevice(0x3C), 128, 64));
        Assert.True(glass.IsOn);
        Assert.True(glass.ShowedNoise);
    }

    [Fact]
    public void A_page_that_is_written_too_far_is_caught()
    {
        using var glass = new OledModel(DisplayModel.Ssd1306At64);
        var display = new OledDisplay(glass.CreateDevice(0x3C), DisplayModel.Ssd1306At64);
        var picture = new Canvas(128, 64);
        display.Show(Frame(picture), TimeSpan.Zero);
        // In page addressing mode the 129th byte goes to the beginning of the same page.
        glass.Write(0x3C, [0x00, 0xB1, 0x00, 0x10]);
        glass.Write(0x3C, [0x40, .. new byte[128], 0xFF]);
        Assert.True(glass.Glass()[0, 8]);
        Assert.False(glass.Glass()[0, 16]);
    }

    [Fact]
    public void Light_before_its_charge_pump_is_caught()
    {
        using var glass = new OledModel(DisplayModel.Ssd1306At64);
        Assert.Throws<OledFaultException>(() => glass.Write(0x3C, [0x00, 0xAF]));
    }

    [Fact]
    public void A_bus_that_fails_anywhere_leaves_no_half_picture_for_long()
    {
        for (int failing = 0; failing < 60; failing++)
        {
            using var glass = new OledModel(DisplayModel.Ssd1306At64);
            using var bus = new FailingBus(glass) { FailsAt = failing };
            var display = new OledDisplay(bus.CreateDevice(0x3C), DisplayModel.Ssd1306At64);
            Canvas picture = Scribble(new Random(failing), 64, 400);
            for (int second = 0; second < 4; second++)
            {
                try
                {
                    display.Show(Frame(picture), TimeSpan.FromSeconds(second));
                }
                catch (IOException)
                {
                    continue;
                }

                Assert.True(picture.Bits.SequenceEqual(glass.Glass().Bits));
            }

            Assert.True(glass.IsOn);
        }
    }

    private static PanelFrame Frame(Canvas picture) => new(PageKind.Overview, picture, IsOn: true, Contrast: 207);

    private static Canvas Scribble(Random random, int height, int pixels)
    {
        var canvas = new Canvas(128, height);
        for (int i = 0; i < pixels; i++)
        {
            canvas.Set(random.Next(128), random.Next(height));
        }

        return canvas;
    }

    private sealed class FailingBus(OledModel glass) : VirtualI2cBus
    {
        private int _transfers;

        public int FailsAt { get; init; }

        public override void Write(byte address, ReadOnlySpan<byte> data)
        {
            if (_transfers++ == FailsAt)
            {
                throw new IOException("lost arbitration");
            }

            glass.Write(address, data);
        }

        public override void Read(byte address, Span<byte> data) => glass.Read(address, data);
    }
}
