using System.Globalization;
using System.Text;
using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;

namespace Bramble.Fleet.Story;

/// <summary>A story as plain text. Pure.</summary>
public static class StoryText
{
    private const int Indent = 11;
    private const int LogLines = 8;

    /// <summary>Writes the story.</summary>
    /// <param name="story">The story.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static string Write(BootStory story, int width)
    {
        var text = new StringBuilder();
        Wrap(text, "", story.Headline, width);
        text.Append('\n');
        foreach (string line in story.About)
        {
            Wrap(text, "", line, width);
        }

        if (story.Boot is { } boot)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nBoot {boot.Number}, begun {boot.Started:yyyy-MM-dd HH:mm:ss} UTC:\n");
            foreach (StoryLine line in story.Lines)
            {
                string time = line.Seconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds,7:0.0} s  ") : new string(' ', Indent);
                Wrap(text, time, line.Text, width);
            }
        }

        if (story.Fault is { } fault)
        {
            text.Append("\nWhat was seen\n");
            Wrap(text, "  ", fault.Seen, width);
            text.Append("\nLikely cause\n");
            Wrap(text, "  ", fault.Cause, width);
            text.Append("\nWhat to do\n");
            Wrap(text, "  ", fault.Fix, width);
            text.Append(CultureInfo.InvariantCulture, $"\nOther causes, and what else to try: bramble fault {fault.Code}\n");
        }

        Log(text, story, width);
        foreach (Fault around in story.Around)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nAlso, {FaultCatalogue.PlaceOf(around.Code)}: {around.Title} ({around.Code})\n");
            Wrap(text, "  ", around.Seen, width);
        }

        return text.ToString();
    }

    /// <summary>The end of the bootloader's log, of a boot that is not up: there it says what it waits for.</summary>
    private static void Log(StringBuilder text, BootStory story, int width)
    {
        if (story.Log.Count == 0 || story.Boot is { Stage: "up" })
        {
            return;
        }

        text.Append("\nWhat its bootloader said last\n");
        foreach (BootLogStatus line in story.Log.Skip(story.Log.Count - LogLines))
        {
            string time = line.Seconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds,7:0.0} s  ") : "  ";
            Wrap(text, time, line.Text, width);
        }
    }

    private static void Wrap(StringBuilder text, string first, string words, int width) => text.Append(HangingText.Write(first, words, width)).Append('\n');
}
