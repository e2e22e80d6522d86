using System.Globalization;
using Bramble.Panel.Drawing;
using Bramble.Panel.State;

namespace Bramble.Panel.Pages;

/// <content>Pages about the box itself.</content>
public static partial class PageRenderer
{
    private static void Storage(PageSheet sheet, PanelState state)
    {
        PanelStorage disk = state.Storage ?? new PanelStorage(0, 0, 0, null);
        double used = disk.TotalBytes > 0 ? 1 - ((double)disk.FreeBytes / disk.TotalBytes) : 0;
        string images = disk.Images == 1 ? "1 image" : string.Create(CultureInfo.InvariantCulture, $"{disk.Images} images");
        string snapshot = disk.LastSnapshot is { } ago ? PageText.Span(ago) + " ago" : "none yet";
        if (sheet.Tall)
        {
            sheet.Title("STORAGE", string.Create(CultureInfo.InvariantCulture, $"{used * 100:0}% used"));
            sheet.Bar(0, 16, sheet.Width, 9, used);
            sheet.Line(1, PageText.Bytes(disk.FreeBytes) + " free", "of " + PageText.Bytes(disk.TotalBytes));
            sheet.Line(2, images);
            sheet.Line(3, "snapshot", snapshot);
            if (disk.IsNearlyFull)
            {
                sheet.InvertLine(1);
            }
        }
        else
        {
            sheet.Title("STORAGE", PageText.Bytes(disk.FreeBytes) + " free");
            sheet.Bar(0, 12, sheet.Width, 7, used);
            sheet.Line(1, images, disk.LastSnapshot is null ? "" : "snap " + snapshot);
        }
    }

    private static void Import(PageSheet sheet, PanelState state, PageContext context)
    {
        if (state.Imports.Count == 0)
        {
            sheet.Title("IMPORT");
            sheet.Line(0, "no image is imported");
            return;
        }

        int shown = PageSheet.Turn(state.Imports.Count, 1, context.Shown);
        PanelImport import = state.Imports[shown];
        string place = state.Imports.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {shown + 1}/{state.Imports.Count}");
        string part = import is { HasEnded: false, Progress: { } known } && double.IsFinite(known) ? string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(known, 0, 1) * 100:0}%") : "";
        sheet.Title((import.Failure is not null ? "NOT IMPORTED" : import.HasEnded ? "IMPORTED" : "IMPORTING") + place, part);
        // Names of files are long: they may take up two lines, or come in pieces.
        int words = sheet.Tall && import.Failure is null ? 2 : 1;
        sheet.Paragraph(0, words, import.Name, context.Shown);
        string text = import.Failure ?? (import.HasEnded ? "Clients can boot it." : import.Step);
        if (part.Length == 0)
        {
            sheet.Paragraph(words, sheet.Lines - words, text, context.Shown);
        }
        else if (sheet.Tall)
        {
            sheet.Bar(0, sheet.Top(2) + 2, sheet.Width, 9, import.Progress!.Value);
            sheet.Paragraph(3, 1, text, context.Shown);
        }
        else
        {
            sheet.Bar(0, sheet.Top(1) + 2, sheet.Width, 7, import.Progress!.Value);
        }
    }

    private static void Network(PageSheet sheet, PanelState state)
    {
        PanelNetwork network = state.Network;
        sheet.Title("NETWORK", network.Interface);
        string address = network.Address is null ? "no address" : string.Create(CultureInfo.InvariantCulture, $"{network.Address}/{network.PrefixLength}");
        string link = !network.HasLink ? "NO CABLE"
            : network.Megabits == 0 ? "link is up"
            : network.Megabits >= 1000 && network.Megabits % 500 == 0 ? string.Create(CultureInfo.InvariantCulture, $"link {network.Megabits / 1000.0:0.#} Gb/s")
            : string.Create(CultureInfo.InvariantCulture, $"link {network.Megabits} Mb/s");
        string mode = state.DhcpMode == "off" ? "no DHCP from here" : $"DHCP {state.DhcpMode}";
        bool rival = network.OtherServer is not null && state.DhcpMode == "server";
        if (sheet.Tall)
        {
            sheet.Line(0, address);
            sheet.Line(1, link);
            sheet.Line(2, network.OtherServer is null ? mode : mode + (rival ? ", but also" : " beside"));
            sheet.Line(3, network.OtherServer ?? "no other DHCP heard");
            Warn(!network.HasLink, 1);
            Warn(rival, 3);
        }
        else
        {
            sheet.Line(0, network.HasLink ? address : "*** NO CABLE ***");
            sheet.Line(1, network.OtherServer is null ? mode : "also " + network.OtherServer);
            Warn(rival, 1);
        }

        void Warn(bool really, int line)
        {
            if (really)
            {
                sheet.InvertLine(line);
            }
        }
    }

    private static void SshKey(PageSheet sheet, PanelState state)
    {
        const string kind = "SHA256:";
        string print = state.SshFingerprint ?? "none";
        bool known = print.StartsWith(kind, StringComparison.Ordinal);
        string digits = known ? print[kind.Length..] : print;
        if (sheet.Tall)
        {
            // In pieces that can be compared by eye.
            sheet.Title("SSH KEY", known ? "SHA256" : "");
            for (int i = 0; i < 4; i++)
            {
                sheet.Centred(i, Piece(digits, i * 11, 11));
            }
        }
        else
        {
            sheet.Title("SSH SHA256", Piece(digits, 0, 9));
            sheet.Line(0, Piece(digits, 9, 17));
            sheet.Line(1, Piece(digits, 26, 17));
        }
    }

    private static void About(PageSheet sheet, PanelState state)
    {
        sheet.Title("BRAMBLE", state.Version);
        sheet.Line(0, (state.Machine ?? "unknown machine").Replace("Raspberry Pi", "RPi", StringComparison.Ordinal));
        sheet.Line(1, "serving for " + PageText.LongSpan(state.Uptime));
        if (sheet.Tall)
        {
            sheet.Line(2, "press: next page");
            sheet.Line(3, "hold 5 s: shut down");
        }
    }

    private static string Piece(string text, int start, int length) =>
        start >= text.Length ? "" : text.Substring(start, Math.Min(length, text.Length - start));
}
