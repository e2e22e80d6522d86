using System.Globalization;
using System.Text;

namespace Bramble.Panel.Leds;

/// <summary>The card to print and lay beside the box: every rhythm as a line of time, and what the button does. SVG, A6 across.</summary>
public static class LedCard
{
    private const int Seconds = 4;
    private const double LineLeft = 8, LineWidth = 44, RowHeight = 5.6;

    /// <summary>The card.</summary>
    public static string Svg()
    {
        var svg = new StringBuilder();
        svg.Append("""
            <svg xmlns="http://www.w3.org/2000/svg" width="148mm" height="105mm" viewBox="0 0 148 105" font-family="DejaVu Sans, Verdana, sans-serif" font-size="3">
            <!-- Made by scripts/panel-card. -->
            <rect width="148" height="105" fill="#fff"/>
            <text x="8" y="10" font-size="5" font-weight="bold">Bramble</text>
            <text x="33" y="10">boot server for Raspberry Pis</text>
            <text x="8" y="17.5" font-weight="bold">The status LED, four seconds of it</text>

            """.ReplaceLineEndings("\n"));
        double y = 20;
        foreach ((LedSignal signal, LedPattern pattern, string rhythm, string meaning) in LedPatterns.All)
        {
            if (signal >= LedSignal.HoldShort)
            {
                continue;
            }

            svg.Append(Line(pattern, y));
            svg.Append(Text(56, y + 2.2, Capital(meaning), bold: true));
            svg.Append(Text(56, y + 4.8, rhythm, size: 2.2));
            y += RowHeight;
        }

        svg.Append(Text(8, y + 5, "The button acts when it is let go", bold: true));
        y += 7;
        foreach ((string hold, string does) in (ReadOnlySpan<(string, string)>)[
            ("press shortly", "next page; the first press wakes the display"),
            ("hold 1 second", "open pairing for two minutes, or close it"),
            ("hold 5 seconds", "shut down: pull the plug when the LED is dark"),
            ("hold 12 seconds", "a countdown from 10 to the factory reset: let go to stop"),
            ("hold 22 seconds", "the countdown is over: let go to erase everything")])
        {
            svg.Append(Text(8, y + 2.2, hold, bold: true));
            svg.Append(Text(56, y + 2.2, does));
            y += 4.4;
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Line(LedPattern pattern, double y)
    {
        // A dark rail with lit stretches on it: readable in black and white.
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"<rect x=\"{LineLeft}\" y=\"{y + 1.9:0.##}\" width=\"{LineWidth}\" height=\"0.3\" fill=\"#888\"/>\n");
        double at = 0;
        while (pattern.Spells.Count > 0 && at < Seconds)
        {
            for (int i = 0; i < pattern.Spells.Count && at < Seconds; i++)
            {
                double length = pattern.Spells.Count == 1 ? Seconds : pattern.Spells[i] / 1000.0;
                if (i % 2 == 0)
                {
                    double width = Math.Min(length, Seconds - at) / Seconds * LineWidth;
                    line.Append(CultureInfo.InvariantCulture, $"<rect x=\"{LineLeft + (at / Seconds * LineWidth):0.##}\" y=\"{y + 0.6:0.##}\" width=\"{width:0.##}\" height=\"2.9\" fill=\"#000\"/>\n");
                }

                at += length;
            }
        }

        return line.ToString();
    }

    private static string Text(double x, double y, string text, bool bold = false, double size = 3) => string.Create(
        CultureInfo.InvariantCulture,
        $"<text x=\"{x:0.##}\" y=\"{y:0.##}\"{(size == 3 ? "" : string.Create(CultureInfo.InvariantCulture, $" font-size=\"{size}\""))}{(bold ? " font-weight=\"bold\"" : "")}>{text}</text>\n");

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
