using System.Globalization;
using Bramble.Panel.Button;
using Bramble.Panel.Drawing;
using Bramble.Panel.State;

namespace Bramble.Panel.Pages;

/// <content>While the button is held: what letting go would do, and what holding on would.</content>
public static partial class PageRenderer
{
    private static void Hold(PageSheet sheet, PanelState state, PageContext context)
    {
        switch (context.Stage)
        {
            case HoldStage.Countdown when state.CanReset == false:
            case HoldStage.Reset when state.CanReset == false:
                Words(sheet, context, "FACTORY RESET", "Not possible", "No factory reset on this system.");
                return;
            case HoldStage.Countdown:
                Countdown(sheet, GestureTimes.Reset - context.Held);
                return;
            case HoldStage.Reset:
                Words(sheet, context, "FACTORY RESET", "LET GO NOW", "Erases everything. Hold on to stop.");
                return;
            case HoldStage.TooLong:
                Words(sheet, context, "BUTTON", "Is it stuck?", "Held too long. Nothing happens.");
                return;
            default:
                break;
        }

        bool shutdown = context.Stage == HoldStage.Shutdown;
        string now = shutdown ? "Shut down"
            : context.Stage == HoldStage.Short ? "Next page"
            : state.Pairing.AlwaysOpen || state.Pairing.ListOnly ? "Nothing"
            : state.Pairing.Left is null ? "Open pairing" : "Close pairing";
        string next = shutdown ? "hold: factory reset" : context.Stage == HoldStage.Short ? "hold: pairing" : "hold: shut down";
        (TimeSpan from, TimeSpan to) = context.Stage switch
        {
            HoldStage.Shutdown => (GestureTimes.Shutdown, GestureTimes.Countdown),
            HoldStage.Short => (TimeSpan.Zero, GestureTimes.Long),
            _ => (GestureTimes.Long, GestureTimes.Shutdown),
        };
        double part = (context.Held - from) / (to - from);
        sheet.Title("LET GO FOR");
        if (sheet.Tall)
        {
            sheet.Canvas.DrawCentred(PanelFonts.Bold, 0, sheet.Width, 16, now);
            sheet.Bar(0, 37, sheet.Width, 7, part);
            sheet.Centred(3, next);
        }
        else
        {
            sheet.Centred(0, now);
            sheet.Centred(1, next);
            sheet.Bar(0, sheet.Height - 1, sheet.Width, 1, part);
        }
    }

    private static void Countdown(PageSheet sheet, TimeSpan left)
    {
        string seconds = Math.Ceiling(Math.Max(0, left.TotalSeconds)).ToString("0", CultureInfo.InvariantCulture);
        if (sheet.Tall)
        {
            sheet.Title("FACTORY RESET");
            sheet.Canvas.DrawCentred(PanelFonts.Big, 0, sheet.Width, 12, seconds);
            sheet.Centred(2, "ERASES EVERYTHING");
            sheet.Centred(3, "let go to stop");
        }
        else
        {
            sheet.Title("FACTORY RESET", seconds);
            sheet.Centred(0, "erases everything");
            sheet.Centred(1, "let go to stop");
        }
    }
}
