using System.Text;
using Bramble.Panel.Drawing;
using Bramble.Panel.Tests.Support;

namespace Bramble.Panel.Tests.Drawing;

public sealed class PsfFontTests
{
    [Fact]
    public void Fonts_of_the_package_have_the_sizes_that_the_pages_count_on()
    {
        Assert.Equal((6, 12), (PanelFonts.Text.Width, PanelFonts.Text.Height));
        Assert.Equal((8, 16), (PanelFonts.Bold.Width, PanelFonts.Bold.Height));
        Assert.Equal((14, 28), (PanelFonts.Big.Width, PanelFonts.Big.Height));
    }

    [Theory]
    [InlineData("AZaz09 !#%&()*+,-./:;<=>?@[]_~äöüßéñçøåšžłğıΩωЖж…±°→")]
    public void Text_font_has_the_letters_of_europe(string letters)
    {
        foreach (Rune rune in letters.EnumerateRunes())
        {
            Assert.True(PanelFonts.Text.Has(rune), $"no picture for '{rune}'");
        }
    }

    [Theory]
    [InlineData("ế", "e")] // e with circumflex and acute, of Vietnamese
    [InlineData("ǎ", "a")]
    [InlineData("ἄ", "α")]
    [InlineData("Ａ", "A")]
    [InlineData("北", "?")]
    [InlineData("🥧", "?")]
    public void Missing_letters_are_drawn_as_the_nearest_there_is(string letter, string drawnAs)
    {
        Assert.Equal(PanelFonts.Text.GlyphOf(Rune.GetRuneAt(drawnAs, 0)), PanelFonts.Text.GlyphOf(Rune.GetRuneAt(letter, 0)));
    }

    [Fact]
    public void Letters_have_the_shape_of_the_font()
    {
        var canvas = new Canvas(8, 16);
        canvas.Draw(PanelFonts.Text, 0, 0, "Ä");
        Assert.Equal(
            """
             █ █
            ▄▀▀▀▄
            █   █
            █▀▀▀█
            █   █
            """.ReplaceLineEndings("\n"),
            string.Join('\n', Golden.AsText(canvas).Split('\n').Select(l => l.TrimEnd())).TrimEnd('\n'));
    }

    [Fact]
    public void Both_versions_and_fonts_without_a_table_are_read()
    {
        byte[] first = new byte[4 + 256];
        (first[0], first[1], first[3]) = (0x36, 0x04, 1);
        first[4 + 'A'] = 0xA0;
        PsfFont old = PsfFont.Parse(first);
        Assert.Equal((8, 1), (old.Width, old.Height));
        Assert.True(old.IsLit(old.GlyphOf(new Rune('A')), 2, 0));
        Assert.False(old.IsLit(old.GlyphOf(new Rune('A')), 1, 0));

        byte[] second = [0x72, 0xB5, 0x4A, 0x86, 0, 0, 0, 0, 32, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0,
            0x80, 0x80, 0x00, 0x80, 0xC3, 0xA4, 0xFF, (byte)'?', 0xFE, (byte)'x', 0xFF];
        PsfFont wide = PsfFont.Parse(second);
        Assert.Equal((9, 1), (wide.Width, wide.Height));
        Assert.True(wide.IsLit(wide.GlyphOf(new Rune('ä')), 8, 0));
        Assert.False(wide.Has(new Rune('x')));
    }

    [Fact]
    public void Damaged_fonts_are_refused_with_words()
    {
        var random = new Random(12);
        byte[] good = [0x72, 0xB5, 0x4A, 0x86, 0, 0, 0, 0, 32, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0x80, 0x80, 0xC3, 0xA4, 0xFF, 0xFF];
        int read = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] bad = good[..random.Next(good.Length + 1)];
            for (int change = random.Next(4); change > 0 && bad.Length > 0; change--)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                PsfFont font = PsfFont.Parse(bad);
                font.GlyphOf(new Rune('x'));
                read++;
            }
            catch (InvalidDataException e)
            {
                Assert.NotEmpty(e.Message);
            }
        }

        Assert.InRange(read, 1, 1999);
    }

    [Fact]
    public void Marks_without_width_take_no_cell()
    {
        Assert.Equal(3, TextDrawing.Cells("e\u0301te\u200d").Count);
        Assert.Equal(3, TextDrawing.Cells("a\u001b\u0000bc").Count);
    }

    [Fact]
    public void Long_lines_end_in_an_ellipsis_and_long_words_are_cut()
    {
        var canvas = new Canvas(128, 16);
        Assert.Equal(5 * 6, canvas.Draw(PanelFonts.Text, 0, 0, "abcdefgh", 5));
        Assert.Equal(["ab cd", "efghi", "jkl m"], TextDrawing.Wrap(" ab  cd efghijkl m", 5));
        Assert.Empty(TextDrawing.Wrap("  ", 5));
    }
}
