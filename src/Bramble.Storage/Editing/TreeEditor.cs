using System.Text;
using Bramble.Linux.Files;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Editing;

/// <summary>Edits one foreign tree and keeps the record of what it changed.</summary>
/// <param name="tree">The tree.</param>
/// <param name="prefix">Prefix of paths in the record: empty for the root tree, <c>boot/</c> for the boot tree.</param>
/// <param name="steps">The record.</param>
/// <param name="originals">What was there before; null if it need not be kept.</param>
internal sealed class TreeEditor(ForeignTree tree, string prefix, List<EditStep> steps, List<Original>? originals = null)
{
    /// <summary>Stands in the record for what only the client and this server know.</summary>
    internal const string Secret = "(not shown: it holds a secret)";

    private const int KeptLength = 256 * 1024;
    private const int ShownLength = 400;
    private const string SystemFolder = "etc/systemd/system";
    private static readonly string[] s_unitFolders = [SystemFolder, "usr/lib/systemd/system", "lib/systemd/system", "usr/local/lib/systemd/system"];

    internal ForeignTree Tree => tree;

    /// <summary>Text of a file; null if there is none. Bytes that are no UTF-8 survive a change of other lines.</summary>
    internal string? Read(string path) => tree.ReadFile(path) is { } bytes ? Encoding.Latin1.GetString(bytes) : null;

    /// <summary>Writes a file if that changes it.</summary>
    /// <param name="step">Name of the edit.</param>
    /// <param name="path">The file.</param>
    /// <param name="text">Its whole content.</param>
    /// <param name="mode">Its permissions; null for those that it has, or 0644.</param>
    /// <param name="isSecret">Nobody else is to read it in the record.</param>
    internal void Write(string step, string path, string text, UnixFileMode? mode = null, bool isSecret = false)
    {
        string before = tree.Kind(path) == FileKind.Symlink ? $"link to {tree.ReadLink(path)}" : Read(path) ?? "";
        Original? original = Look(step, path);
        if (!tree.WriteFile(path, Encoding.Latin1.GetBytes(text), mode))
            return;
        Keep(original);
        Record(step, path, isSecret && before.Length > 0 ? Secret : before, isSecret ? Secret : text);
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
        Original? original = Look(step, path);
        tree.Delete(path);
        Keep(original);
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
        Original? original = Look(step, path);
        if (!tree.WriteSymlink(path, target))
            return;
        Keep(original);
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

    /// <summary>Brings back what was there before an edit.</summary>
    internal void Restore(Original original)
    {
        switch (original.Kind)
        {
            case null:
                tree.Delete(original.File);
                break;
            case FileKind.Symlink when original.Target is { } target:
                tree.WriteSymlink(original.File, target);
                break;
            case FileKind.Regular when original.Content is { } content:
                tree.WriteFile(original.File, content, original.Mode);
                break;
            default:
                break;
        }
    }

    private Original? Look(string step, string path)
    {
        bool isBoot = prefix.Length > 0;
        if (originals is null || originals.Exists(one => one.IsBoot == isBoot && one.File == path))
            return null;
        FileKind? kind = tree.Kind(path);
        byte[]? content = kind == FileKind.Regular ? tree.ReadFile(path, KeptLength + 1) : null;
        return new Original(step, isBoot, path, kind)
        {
            Mode = tree.Mode(path) ?? default,
            Content = content?.Length > KeptLength ? null : content,
            Target = kind == FileKind.Symlink ? tree.ReadLink(path) : null,
        };
    }

    private void Keep(Original? original)
    {
        if (original is not null)
            originals!.Add(original);
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
