using System.Text;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Editing;

/// <summary>Edits one foreign tree and keeps the record of what it changed.</summary>
/// <param name="tree">The tree.</param>
/// <param name="prefix">Prefix of paths in the record: empty for the root tree, <c>boot/</c> for the boot tree.</param>
/// <param name="steps">The record.</param>
internal sealed class TreeEditor(ForeignTree tree, string prefix, List<EditStep> steps)
{
    private const int ShownLength = 400;
    private const string SystemFolder = "etc/systemd/system";
    private static readonly string[] s_unitFolders = [SystemFolder, "usr/lib/systemd/system", "lib/systemd/system", "usr/local/lib/systemd/system"];

    internal ForeignTree Tree => tree;

    /// <summary>Text of a file; null if there is none. Bytes that are no UTF-8 survive a change of other lines.</summary>
    internal string? Read(string path) => tree.ReadFile(path) is { } bytes ? Encoding.Latin1.GetString(bytes) : null;

    /// <summary>Writes a file if that changes it.</summary>
    internal void Write(string step, string path, string text, UnixFileMode? mode = null)
    {
        string before = tree.Kind(path) == FileKind.Symlink ? $"link to {tree.ReadLink(path)}" : Read(path) ?? "";
        if (tree.WriteFile(path, Encoding.Latin1.GetBytes(text), mode))
            Record(step, path, before, text);
    }

    /// <summary>Changes a file's text; nothing if there is no file or no change.</summary>
    internal void Change(string step, string path, Func<string, string> change)
    {
        if (Read(path) is { } before && change(before) is var after && after != before)
            Write(step, path, after);
    }

    /// <summary>Removes a file or link if it is there.</summary>
    internal void Delete(string step, string path)
    {
        FileKind? kind = tree.Kind(path);
        if (kind is null or FileKind.Folder)
            return;
        string before = kind switch
        {
            FileKind.Symlink => $"link to {tree.ReadLink(path)}",
            FileKind.Regular => "(file)",
            _ => "(special file)",
        };
        tree.Delete(path);
        Record(step, path, before, "");
    }

    /// <summary>Makes a symbolic link.</summary>
    internal void Link(string step, string path, string target)
    {
        string before = tree.Kind(path) switch
        {
            null => "",
            FileKind.Symlink => $"link to {tree.ReadLink(path)}",
            _ => "(file)",
        };
        if (tree.WriteSymlink(path, target))
            Record(step, path, before, $"link to {target}");
    }

    /// <summary>Whether the system has a unit of this name.</summary>
    internal bool HasUnit(string unit) => Array.Exists(s_unitFolders, folder => tree.Kind($"{folder}/{unit}") is not null);

    /// <summary>Whether a target or a unit wants it.</summary>
    internal bool IsEnabled(string unit) => Wants().Any(folder => tree.Kind($"{folder}/{unit}") is not null);

    /// <summary>Adds a unit and enables it, as <c>systemctl enable</c> does.</summary>
    internal void AddUnit(string step, string unit, string text, string wantedBy)
    {
        Write(step, $"{SystemFolder}/{unit}", text);
        Link(step, $"{SystemFolder}/{wantedBy}.wants/{unit}", $"/{SystemFolder}/{unit}");
    }

    /// <summary>Disables and masks a unit; nothing if the system does not have it. Masked, a preset at first boot cannot enable it again.</summary>
    internal void MaskUnit(string step, string unit)
    {
        bool has = HasUnit(unit);
        foreach (string folder in Wants())
        {
            has |= tree.Kind($"{folder}/{unit}") is not null;
            Delete(step, $"{folder}/{unit}");
        }

        if (has)
            Link(step, $"{SystemFolder}/{unit}", "/dev/null");
    }

    private IEnumerable<string> Wants()
    {
        foreach (string name in tree.List(SystemFolder))
        {
            if (name.EndsWith(".wants", StringComparison.Ordinal) || name.EndsWith(".requires", StringComparison.Ordinal))
                yield return $"{SystemFolder}/{name}";
        }
    }

    private void Record(string step, string path, string before, string after) => steps.Add(new EditStep(step, prefix + path, Shorten(before), Shorten(after)));

    private static string Shorten(string text)
    {
        string trimmed = text.TrimEnd();
        StringBuilder shown = new(Math.Min(trimmed.Length, ShownLength) + 1);
        foreach (char c in trimmed.AsSpan(0, Math.Min(trimmed.Length, ShownLength)))
            shown.Append(char.IsControl(c) && c is not ('\n' or '\t') ? '?' : c);
        return trimmed.Length > ShownLength ? shown.Append('…').ToString() : shown.ToString();
    }
}
