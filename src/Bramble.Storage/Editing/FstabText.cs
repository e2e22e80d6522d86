using System.Text;

namespace Bramble.Storage.Editing;

/// <summary>fstab(5) as text: every line that is not changed stays as it is, comments included.</summary>
internal static class FstabText
{
    /// <summary>Begins a line that is switched off; the line itself follows, so that a person can undo it.</summary>
    internal const string Off = "#bramble-off# ";

    private const string Marker = "# Bramble: written anew at each start of this client, do not edit the next line.";
    private static readonly char[] s_blanks = [' ', '\t'];
    private static readonly string[] s_diskTags = ["PARTUUID=", "UUID=", "LABEL=", "PARTLABEL=", "ID="];
    private static readonly string[] s_diskNames = ["/dev/mmcblk", "/dev/sd", "/dev/nvme", "/dev/vd", "/dev/disk/", "/dev/root"];

    /// <summary>Switches off what lies on the image's own disk or card, which the client does not have: root, boot, swap, data.</summary>
    internal static string WithoutLocalDisks(string text) => Transform(text, static fields =>
        IsLocalDisk(fields[0]) || fields[1] == "/" || (fields.Length > 2 && fields[2] == "swap"));

    /// <summary>Sets the lines of one client: its boot folder, and the root filesystem where that is a disk.</summary>
    /// <param name="text">The file.</param>
    /// <param name="bootMountPoint">Where the boot folder is mounted.</param>
    /// <param name="bootLine">The line for it.</param>
    /// <param name="rootLine">The line for the root filesystem; null for none.</param>
    internal static string WithClientLines(string text, string bootMountPoint, string bootLine, string? rootLine)
    {
        StringBuilder result = new();
        foreach (string line in Lines(WithoutClientLines(text)))
        {
            string[]? fields = Fields(line);
            if (fields is not null && (fields[1] == bootMountPoint || fields[1] == "/"))
                result.Append(Off);
            result.Append(line).Append('\n');
        }

        if (rootLine is not null)
            result.Append(Marker).Append('\n').Append(rootLine).Append('\n');
        return result.Append(Marker).Append('\n').Append(bootLine).Append('\n').ToString();
    }

    /// <summary>Takes the lines of one client out again.</summary>
    internal static string WithoutClientLines(string text)
    {
        StringBuilder result = new();
        bool isOurs = false;
        foreach (string line in Lines(text))
        {
            if (!isOurs && line != Marker)
                result.Append(line).Append('\n');
            isOurs = line == Marker;
        }

        return result.ToString();
    }

    /// <summary>Mount point of the boot partition: <c>/boot/firmware</c> or <c>/boot</c>; null if the file has neither.</summary>
    internal static string? BootMountPoint(string text)
    {
        string? found = null;
        foreach (string line in Lines(text))
        {
            if (Fields(line) is { } fields && fields[1].TrimEnd('/') is "/boot/firmware" or "/boot")
                found = found == "/boot/firmware" ? found : Fields(line)![1].TrimEnd('/');
        }

        return found;
    }

    private static string Transform(string text, Func<string[], bool> isSwitchedOff)
    {
        StringBuilder result = new();
        foreach (string line in Lines(text))
        {
            if (Fields(line) is { } fields && isSwitchedOff(fields))
                result.Append(Off);
            result.Append(line).Append('\n');
        }

        return result.ToString();
    }

    private static bool IsLocalDisk(string source)
    {
        string plain = source.Trim('"');
        return Array.Exists(s_diskTags, tag => plain.StartsWith(tag, StringComparison.OrdinalIgnoreCase))
            || Array.Exists(s_diskNames, name => plain.StartsWith(name, StringComparison.Ordinal));
    }

    private static string[]? Fields(string line)
    {
        if (line.AsSpan().TrimStart().StartsWith("#"))
            return null;
        string[] fields = line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length >= 2 ? fields : null;
    }

    private static IEnumerable<string> Lines(string text)
    {
        string[] lines = text.Split('\n');
        int count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        for (int i = 0; i < count; i++)
            yield return lines[i].TrimEnd('\r');
    }
}
