using System.Globalization;
using Bramble.Panel.Drawing;
using Bramble.Panel.State;

namespace Bramble.Panel.Pages;

/// <content>Pages about clients and boards.</content>
public static partial class PageRenderer
{
    private static void Overview(PageSheet sheet, PanelState state)
    {
        sheet.Title(state.Name, state.DhcpMode.ToUpperInvariant());
        string address = !state.Network.HasLink ? (sheet.Tall ? "NO CABLE" : "*** NO CABLE ***") : state.Network.Address ?? "no address";
        if (!sheet.Tall)
        {
            sheet.Line(0, address);
            sheet.Line(1, string.Create(CultureInfo.InvariantCulture, $"{state.Up} up {state.BootingCount} boot {state.Stuck} stuck"));
            return;
        }

        sheet.Canvas.DrawCentred(PanelFonts.Bold, 0, sheet.Width, 14, address);
        Count(0, 40, state.Up, "up");
        Count(40, 44, state.BootingCount, "booting");
        Count(86, 40, state.Stuck, "stuck");
        if (!state.Network.HasLink)
        {
            sheet.Canvas.Invert(0, 14, sheet.Width, 15);
        }

        if (state.Stuck > 0)
        {
            sheet.Canvas.Invert(86, 31, 40, 30);
        }

        void Count(int left, int width, int number, string label)
        {
            sheet.Canvas.DrawCentred(PanelFonts.Bold, left, left + width, 32, Short(number));
            sheet.Canvas.DrawCentred(PanelFonts.Text, left, left + width, 48, label);
        }
    }

    private static void Boots(PageSheet sheet, PanelState state, PageContext context)
    {
        int atATime = sheet.Tall ? 2 : 1;
        int first = PageSheet.Turn(state.Boots.Count, atATime, context.Shown);
        int last = Math.Min(first + atATime, state.Boots.Count);
        string range = state.Boots.Count <= atATime ? "" : last == first + 1 ? $"{last}/{state.Boots.Count}" : $"{first + 1}-{last}/{state.Boots.Count}";
        sheet.Title("BOOTING", range);
        if (state.Boots.Count == 0)
        {
            sheet.Line(0, "no client is booting");
            return;
        }

        for (int i = first; i < last; i++)
        {
            // Two lines each: name and time, bar and stage.
            PanelBoot boot = state.Boots[i];
            int line = (i - first) * 2;
            sheet.Line(line, boot.Name, PageText.Span(boot.Elapsed));
            sheet.Line(line + 1, "", boot.Stage);
            sheet.Bar(0, sheet.Top(line + 1) + 3, sheet.Width - 54, 7, boot.Progress);
        }
    }

    private static void Fault(PageSheet sheet, PanelState state, PageContext context)
    {
        if (state.Faults.Count == 0)
        {
            sheet.Title("FAULTS");
            sheet.Line(0, "none");
            return;
        }

        // The newest one; the others are counted.
        PanelFault fault = state.Faults[0];
        string others = state.Faults.Count > 1 ? $"+{state.Faults.Count - 1}" : "";
        if (sheet.Tall)
        {
            sheet.Title((fault.IsAttention ? "LOOK " : "FAULT ") + fault.Code, others);
            sheet.Line(0, fault.Who);
            sheet.Line(1, fault.Title);
            sheet.Paragraph(2, 2, fault.Hint, context.Shown);
        }
        else
        {
            sheet.Title(fault.Code, fault.Who);
            sheet.Line(0, fault.Title);
            sheet.Paragraph(1, 1, fault.Hint, context.Shown);
        }
    }

    private static void Pairing(PageSheet sheet, PanelState state, PageContext context)
    {
        PanelPairing pairing = state.Pairing;
        IReadOnlyList<PanelBoard> boards = pairing.Boards;
        if (pairing.Left is { } left)
        {
            OpenPairing(sheet, left, boards, context);
            return;
        }

        sheet.Title("PAIRING", pairing.AlwaysOpen ? "NOT NEEDED" : pairing.ListOnly ? "BY LIST" : "CLOSED");
        if (pairing.AlwaysOpen)
        {
            sheet.Line(0, "Every Pi that asks");
            sheet.Line(1, "is let in.");
            return;
        }

        int waiting = boards.Count(b => !b.Enrolled);
        sheet.Line(0, pairing.ListOnly ? "Listed boards only:" : "Hold 1 s to let in:");
        if (waiting == 0)
        {
            sheet.Line(1, "no board is waiting");
            return;
        }

        Boards(sheet, 1, [.. boards.Where(b => !b.Enrolled)], context);
    }

    private static void OpenPairing(PageSheet sheet, TimeSpan left, IReadOnlyList<PanelBoard> boards, PageContext context)
    {
        if (!sheet.Tall)
        {
            sheet.Title("PAIRING OPEN", PageText.Countdown(left));
            if (boards.Count == 0)
            {
                sheet.Line(0, "Switch the board on.");
                sheet.Line(1, "It will be let in.");
            }
            else
            {
                Boards(sheet, 0, boards, context);
            }

            return;
        }

        sheet.Title("PAIRING OPEN");
        sheet.Canvas.Draw(PanelFonts.Big, 0, 11, PageText.Countdown(left));
        int enrolled = boards.Count(b => b.Enrolled);
        sheet.Canvas.Draw(PanelFonts.Text, 66, 14, "time left");
        sheet.Canvas.Draw(PanelFonts.Text, 66, 25, Short(enrolled) + " let in");
        if (boards.Count == 0)
        {
            sheet.Line(2, "Switch the board on.");
            sheet.Line(3, "It will be let in.");
        }
        else
        {
            Boards(sheet, 2, boards, context);
        }
    }

    private static void Boards(PageSheet sheet, int firstLine, IReadOnlyList<PanelBoard> boards, PageContext context)
    {
        int lines = sheet.Lines - firstLine;
        int first = PageSheet.Turn(boards.Count, lines, context.Shown);
        for (int i = 0; i < lines && first + i < boards.Count; i++)
        {
            PanelBoard board = boards[first + i];
            sheet.Line(firstLine + i, "  " + board.Serial, board.Model is { } model ? ShortModel(model) : "");
            sheet.Mark(firstLine + i, board.Enrolled);
        }
    }

    /// <summary>A model in at most nine characters.</summary>
    private static string ShortModel(string model) => "Pi " + model
        .Replace("Compute Module ", "CM", StringComparison.Ordinal)
        .Replace(" Model ", "", StringComparison.Ordinal)
        .Replace(" or older", "-", StringComparison.Ordinal)
        .Replace(" family", "", StringComparison.Ordinal);

    private static string Short(int number) => number <= 9999 ? number.ToString(CultureInfo.InvariantCulture) : "many";
}
