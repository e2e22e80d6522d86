using Bramble.Panel.Drawing;

namespace Bramble.Panel.Pages;

/// <summary>
/// The sheet that a page is drawn on: a title bar and lines of text, four on 64 rows, two on 32. It is a little smaller than the display, so that
/// the picture can wander. On 64 rows the title ends above row 16, where two-coloured displays change their colour.
/// </summary>
internal sealed class PageSheet
{
    /// <summary>Pixels that the picture can wander to the right.</summary>
    public const int ShiftX = 2;

    /// <summary>Pixels that the picture can wander down.</summary>
    public const int ShiftY = 1;

    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(3);

    private readonly Canvas _canvas;

    /// <summary>A dark sheet for a display of that size.</summary>
    public PageSheet(int width, int height)
    {
        _canvas = new Canvas(width, height);
        (Width, Height, Tall) = (width - ShiftX, height - ShiftY, height >= 64);
    }

    /// <summary>Pixels that may be drawn on, across.</summary>
    public int Width { get; }

    /// <summary>Pixels that may be drawn on, down.</summary>
    public int Height { get; }

    /// <summary>64 rows, not 32.</summary>
    public bool Tall { get; }

    /// <summary>Lines of text below the title.</summary>
    public int Lines => Tall ? 4 : 2;

    /// <summary>Characters of a line.</summary>
    public int Columns => Width / Text.Width;

    /// <summary>The picture.</summary>
    public Canvas Canvas => _canvas;

    private static PsfFont Text => PanelFonts.Text;

    /// <summary>Rows of the title bar.</summary>
    private int TitleHeight => Tall ? 12 : 10;

    /// <summary>Top of a line's cells.</summary>
    public int Top(int line) => Tall ? 14 + (line * 12) : 9 + (line * 10);

    /// <summary>The title, dark on a lit bar.</summary>
    public void Title(string left, string right = "")
    {
        int y = Tall ? 0 : -1;
        int rightCells = Math.Min(TextDrawing.Cells(right).Count, Columns - 2);
        _canvas.DrawRight(Text, Width - 2, y, right, rightCells);
        _canvas.Draw(Text, 2, y, left, Columns - (rightCells == 0 ? 0 : rightCells + 1));
        _canvas.Invert(0, 0, Width, TitleHeight);
    }

    /// <summary>A line of text.</summary>
    public void Line(int line, string text) => _canvas.Draw(Text, 0, Top(line), text, Columns);

    /// <summary>A line with text on the left and on the right; the right one has the right of way.</summary>
    public void Line(int line, string left, string right)
    {
        int cells = Math.Min(TextDrawing.Cells(right).Count, Columns);
        _canvas.DrawRight(Text, Width, Top(line), right, cells);
        _canvas.Draw(Text, 0, Top(line), left, Columns - (cells == 0 ? 0 : cells + 1));
    }

    /// <summary>A line in the middle.</summary>
    public void Centred(int line, string text) => _canvas.DrawCentred(Text, 0, Width, Top(line), text);

    /// <summary>A box before a line, filled or empty.</summary>
    public void Mark(int line, bool filled)
    {
        _canvas.Frame(1, Top(line) + 3, 7, 7);
        if (filled)
        {
            _canvas.Fill(3, Top(line) + 5, 3, 3);
        }
    }

    /// <summary>Turns a line dark on lit.</summary>
    public void InvertLine(int line) => _canvas.Invert(0, Top(line) + 1, Width, Tall ? 11 : 10);

    /// <summary>A bar, filled from the left.</summary>
    /// <param name="x">Left.</param>
    /// <param name="y">Top.</param>
    /// <param name="width">Pixels across, with its edge.</param>
    /// <param name="height">Pixels down, with its edge; below five there is no edge.</param>
    /// <param name="part">0 to 1.</param>
    public void Bar(int x, int y, int width, int height, double part)
    {
        part = double.IsFinite(part) ? Math.Clamp(part, 0, 1) : 0;
        if (height < 5)
        {
            _canvas.Fill(x, y, (int)Math.Round(width * part), height);
            return;
        }

        _canvas.Frame(x, y, width, height);
        _canvas.Fill(x + 2, y + 2, (int)Math.Round((width - 4) * part), height - 4);
    }

    /// <summary>Text over several lines; what does not fit comes three seconds later.</summary>
    public void Paragraph(int firstLine, int lines, string text, TimeSpan shown)
    {
        IReadOnlyList<string> wrapped = TextDrawing.Wrap(text, Columns);
        int first = Turn(wrapped.Count, lines, shown);
        for (int i = 0; i < lines && first + i < wrapped.Count; i++)
        {
            Line(firstLine + i, wrapped[first + i]);
        }
    }

    /// <summary>First of the items to show when only some fit at a time.</summary>
    public static int Turn(int count, int atATime, TimeSpan shown)
    {
        int turns = Math.Max(1, (count + atATime - 1) / atATime);
        return (int)(Math.Max(0, shown.Ticks) / s_turn.Ticks % turns) * atATime;
    }

    /// <summary>A mark below the title: which of the pages this is.</summary>
    public void PageMark(int index, int count)
    {
        if (!Tall || count < 2)
        {
            return;
        }

        int from = Width * index / count, to = Width * (index + 1) / count;
        _canvas.Fill(from, TitleHeight, to - from, 1);
    }
}
