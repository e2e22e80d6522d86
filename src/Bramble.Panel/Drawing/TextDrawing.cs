using System.Text;

namespace Bramble.Panel.Drawing;

/// <summary>Text on a canvas, one cell a character. Control characters and marks without width are left out; nothing that a name holds can fail.</summary>
internal static class TextDrawing
{
    /// <summary>The characters that take a cell each. An accent that is a character of its own has none, so that only its letter shows.</summary>
    public static List<Rune> Cells(string text)
    {
        var cells = new List<Rune>(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.Control
                or System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.NonSpacingMark
                or System.Globalization.UnicodeCategory.EnclosingMark) || rune.Value == '\t')
            {
                cells.Add(rune);
            }
        }

        return cells;
    }

    /// <summary>Draws text; lit pixels only, the ground stays.</summary>
    /// <returns>Pixels that it took across.</returns>
    public static int Draw(this Canvas canvas, PsfFont font, int x, int y, string text, int maxCells = int.MaxValue)
    {
        List<Rune> cells = Fit(Cells(text), maxCells);
        for (int i = 0; i < cells.Count; i++)
        {
            int glyph = font.GlyphOf(cells[i]);
            for (int row = 0; row < font.Height; row++)
            {
                for (int column = 0; column < font.Width; column++)
                {
                    if (font.IsLit(glyph, column, row))
                    {
                        canvas.Set(x + (i * font.Width) + column, y + row);
                    }
                }
            }
        }

        return cells.Count * font.Width;
    }

    /// <summary>Draws text that ends at <paramref name="right"/> (not included).</summary>
    /// <returns>Pixels that it took across.</returns>
    public static int DrawRight(this Canvas canvas, PsfFont font, int right, int y, string text, int maxCells = int.MaxValue) =>
        canvas.Draw(font, right - (Math.Min(Cells(text).Count, maxCells) * font.Width), y, text, maxCells);

    /// <summary>Draws text in the middle of <paramref name="left"/> to <paramref name="right"/> (not included).</summary>
    public static void DrawCentred(this Canvas canvas, PsfFont font, int left, int right, int y, string text)
    {
        int room = (right - left) / font.Width;
        int width = Math.Min(Cells(text).Count, room) * font.Width;
        canvas.Draw(font, left + ((right - left - width) / 2), y, text, room);
    }

    /// <summary>Breaks text into lines at its blanks; a longer word is cut into pieces.</summary>
    public static IReadOnlyList<string> Wrap(string text, int cells)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        int used = 0;
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            List<Rune> runes = Cells(word);
            if (used > 0 && used + 1 + runes.Count > cells)
            {
                End();
            }

            if (used > 0)
            {
                line.Append(' ');
                used++;
            }

            foreach (Rune rune in runes)
            {
                if (used == cells)
                {
                    End();
                }

                line.Append(rune.ToString());
                used++;
            }
        }

        if (used > 0)
        {
            End();
        }

        return lines;

        void End()
        {
            lines.Add(line.ToString());
            line.Clear();
            used = 0;
        }
    }

    private static List<Rune> Fit(List<Rune> cells, int maxCells)
    {
        if (cells.Count <= maxCells)
        {
            return cells;
        }

        return maxCells < 1 ? [] : [.. cells.Take(maxCells - 1), new Rune('…')];
    }
}
