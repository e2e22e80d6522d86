using Bramble.Panel.Drawing;
using Bramble.Panel.State;

namespace Bramble.Panel.Pages;

/// <summary>Draws pages. The same state and context give the same picture, for every size of display.</summary>
public static partial class PageRenderer
{
    /// <summary>Pages that a short press goes through, in order; those that have nothing to show are left out.</summary>
    public static IReadOnlyList<PageKind> PagesOf(PanelState state)
    {
        var pages = new List<PageKind>(9) { PageKind.Overview };
        if (state.Boots.Count > 0)
        {
            pages.Add(PageKind.Boots);
        }

        if (state.Faults.Count > 0)
        {
            pages.Add(PageKind.Fault);
        }

        pages.Add(PageKind.Pairing);
        if (state.Imports.Count > 0)
        {
            pages.Add(PageKind.Import);
        }

        if (state.Storage is not null)
        {
            pages.Add(PageKind.Storage);
        }

        pages.Add(PageKind.Network);
        if (state.SshFingerprint is not null)
        {
            pages.Add(PageKind.SshKey);
        }

        pages.Add(PageKind.About);
        return pages;
    }

    /// <summary>Draws a page.</summary>
    /// <param name="page">Which.</param>
    /// <param name="state">What it shows.</param>
    /// <param name="context">Time, place and button.</param>
    /// <param name="width">Pixels of the display across.</param>
    /// <param name="height">Pixels of the display down: 64 or 32.</param>
    public static Canvas Draw(PageKind page, PanelState state, PageContext context, int width, int height)
    {
        var sheet = new PageSheet(width, height);
        switch (page)
        {
            case PageKind.Overview: Overview(sheet, state); break;
            case PageKind.Boots: Boots(sheet, state, context); break;
            case PageKind.Fault: Fault(sheet, state, context); break;
            case PageKind.Pairing: Pairing(sheet, state, context); break;
            case PageKind.Import: Import(sheet, state, context); break;
            case PageKind.Storage: Storage(sheet, state); break;
            case PageKind.Network: Network(sheet, state); break;
            case PageKind.SshKey: SshKey(sheet, state); break;
            case PageKind.About: About(sheet, state); break;
            case PageKind.Starting: Words(sheet, context, "BRAMBLE", "Starting", state.Name, state.Version); break;
            case PageKind.Updating: Words(sheet, context, "UPDATE", "Updating", "Do not pull the plug."); break;
            case PageKind.ShuttingDown: Words(sheet, context, "BRAMBLE", "Shutting down", "Pull the plug when the LED is dark."); break;
            case PageKind.Resetting: Words(sheet, context, "FACTORY RESET", "Resetting", "Do not pull the plug."); break;
            case PageKind.Hold: Hold(sheet, state, context); break;
            default: Words(sheet, context, "BRAMBLE", context.NoticeTitle, context.NoticeText); break;
        }

        if (page <= PageKind.About)
        {
            sheet.PageMark(context.Index, context.Count);
        }

        return sheet.Canvas;
    }

    /// <summary>A few large words, and what they mean. On 32 rows, where the meaning needs both lines, the words are the title.</summary>
    private static void Words(PageSheet sheet, PageContext context, string title, string words, string text, string right = "")
    {
        IReadOnlyList<string> lines = TextDrawing.Wrap(text, sheet.Columns);
        int atATime = sheet.Tall || lines.Count > 1 ? 2 : 1;
        int first = PageSheet.Turn(lines.Count, atATime, context.Shown);
        for (int i = first; i < Math.Min(first + atATime, lines.Count); i++)
        {
            sheet.Centred(sheet.Lines - atATime + i - first, lines[i]);
        }

        if (sheet.Tall)
        {
            sheet.Title(title, right);
            sheet.Canvas.DrawCentred(PanelFonts.Bold, 0, sheet.Width, 17, words);
        }
        else if (atATime == 2)
        {
            sheet.Title(words, right);
        }
        else
        {
            sheet.Title(title, right);
            sheet.Centred(0, words);
        }
    }
}
