using System.Diagnostics;
using System.Text;
using Bramble.Panel;
using Bramble.Panel.Drawing;
using Bramble.Panel.Leds;

namespace Bramble.Commands;

/// <summary>Draws the panel as text: two pixels a character where the terminal is wide enough, eight (Braille) where it is not.</summary>
internal static class PanelView
{
    // Dots 1 to 8 of a Braille cell, by column and row (Unicode chapter 21.1): bit of each in the code point.
    private static readonly int[,] s_dots = { { 0, 1, 2, 6 }, { 3, 4, 5, 7 } };

    /// <summary>Columns that a drawing takes, with its edge.</summary>
    public static int WidthOf(bool half) => (half ? 128 : 64) + 2;

    /// <summary>The drawing, line by line.</summary>
    /// <param name="seen">What the panel shows.</param>
    /// <param name="columns">Columns of the terminal.</param>
    public static IReadOnlyList<string> Draw(PanelSnapshot seen, int columns)
    {
        var picture = Canvas.FromBits(seen.Width, seen.Height, seen.Bits);
        bool half = columns >= seen.Width + 2;
        (int across, int down) = half ? (1, 2) : (2, 4);
        string edge = new('─', seen.Width / across);
        var lines = new List<string> { $"┌{edge}┐" };
        var line = new StringBuilder();
        for (int y = 0; y < seen.Height; y += down)
        {
            line.Clear().Append('│');
            for (int x = 0; x < seen.Width; x += across)
            {
                line.Append(half ? Half(picture, x, y) : Braille(picture, x, y));
            }

            lines.Add(line.Append('│').ToString());
        }

        lines.Add($"└{edge}┘");
        (_, LedPattern pattern, string rhythm, string meaning) = LedPatterns.All[(int)seen.Signal];
        bool lit = pattern.IsLit(Stopwatch.GetElapsedTime(0));
        lines.Add($"{(lit ? '●' : '○')} {rhythm}: {meaning}{(seen.IsOn ? "" : "  (the display sleeps)")}");
        lines.Add("space: press    p: hold for pairing    h: hold, and let go    q: leave");
        return lines;
    }

    private static char Half(Canvas picture, int x, int y) => (picture[x, y], picture[x, y + 1]) switch
    {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        _ => ' ',
    };

    private static char Braille(Canvas picture, int x, int y)
    {
        int dots = 0;
        for (int column = 0; column < 2; column++)
        {
            for (int row = 0; row < 4; row++)
            {
                dots |= picture[x + column, y + row] ? 1 << s_dots[column, row] : 0;
            }
        }

        return (char)(0x2800 + dots);
    }
}
