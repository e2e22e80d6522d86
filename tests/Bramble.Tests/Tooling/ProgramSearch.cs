using System.Text.RegularExpressions;

namespace Bramble.Tests.Tooling;

/// <summary>Lists the external programs that the repository calls, by reading its sources.</summary>
internal static partial class ProgramSearch
{
    // What runs in another system than the one that builds and tests: in the box, in a virtual Pi, in their initramfs.
    private static readonly string[] s_elsewhere =
    [
        "image/entry", "image/help", "tests/fixtures/panel-kernel/compile", "tests/fixtures/panel-kernel/panel-sim",
        "tests/fixtures/raspios-shaped/files/", "tests/fixtures/raspios-shaped/bootstrap-native",
    ];

    private static readonly string[] s_shebangs = ["#!/bin/bash\n", "#!/bin/sh\n", "# shellcheck shell=bash\n"];

    // Keywords and builtins of bash.
    private static readonly HashSet<string> s_shell =
    [..
        ("if then elif else fi for while until do done case esac in function select time { } ! [[ ]] . : [ alias bg break builtin caller "
        + "cd command compgen continue declare dirs disown echo enable eval exec exit export false fg getopts hash help jobs kill let "
        + "local mapfile popd printf pushd pwd read readarray readonly return set shift shopt source test times trap true type typeset "
        + "ulimit umask unset wait").Split(' ')];

    /// <summary>The programs that files and folders call, each with the files that call them.</summary>
    public static SortedDictionary<string, List<string>> Find(string root, params string[] folders)
    {
        var found = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        var scripts = new List<(string File, string Text)>();
        foreach (string file in folders.SelectMany(folder => Files(root, folder)).Where(static f => !RunsElsewhere(f)))
        {
            string text = File.ReadAllText(Path.Combine(root, file));
            if (file.EndsWith(".cs", StringComparison.Ordinal))
            {
                SearchCode(found, file, text);
            }
            else if (s_shebangs.Any(s => text.StartsWith(s, StringComparison.Ordinal)))
            {
                scripts.Add((file, text));
            }
        }

        // Functions of one script are called by those that source it.
        IEnumerable<string> sourced = Directory.EnumerateFiles(Path.Combine(root, "scripts"), "lib*.sh").Select(File.ReadAllText);
        HashSet<string> functions =
        [
            .. scripts.Select(static s => s.Text).Concat(sourced)
                .SelectMany(static s => Functions().Matches(s)).Select(static m => m.Groups["name"].Value),
        ];
        foreach ((string file, string text) in scripts)
        {
            NoteScript(found, text, functions, file);
        }

        return found;
    }

    private static void SearchCode(SortedDictionary<string, List<string>> found, string file, string text)
    {
        foreach (Match call in Calls().Matches(text))
        {
            Note(found, call.Groups["program"].Value, file);
        }

        foreach (Match script in Scripts().Matches(text))
        {
            string lines = script.Groups["script"].Value.Replace("\\n", "\n", StringComparison.Ordinal);
            NoteScript(found, Placeholder().Replace(lines, "X"), [], file);
        }
    }

    private static void NoteScript(SortedDictionary<string, List<string>> found, string script, HashSet<string> functions, string file)
    {
        foreach (string word in ShellCommands.In(script))
        {
            if (!s_shell.Contains(word) && !functions.Contains(word) && !word.Contains('/', StringComparison.Ordinal))
            {
                Note(found, word, file);
            }
        }
    }

    private static void Note(SortedDictionary<string, List<string>> found, string program, string file)
    {
        if (!Name().IsMatch(program))
        {
            return;
        }

        program = Path.GetFileName(program);
        if (!found.TryGetValue(program, out List<string>? files))
        {
            found[program] = files = [];
        }

        if (!files.Contains(file))
        {
            files.Add(file);
        }
    }

    /// <summary>Files of a folder, or the one file, relative to the root; nothing that was built.</summary>
    private static IEnumerable<string> Files(string root, string folder)
    {
        string path = Path.Combine(root, folder);
        return File.Exists(path)
            ? [folder]
            : Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(root, f)).Order(StringComparer.Ordinal);
    }

    private static bool RunsElsewhere(string file) => s_elsewhere.Any(e => file.StartsWith(e, StringComparison.Ordinal));

    // The first literal argument of what starts programs here, directly or in a namespace.
    [GeneratedRegex(
        """
        (?:\b(?:(?:Try)?Run(?:Async)?|CleanUp|Start|RunBeside|ProcessStartInfo|RunningProgram|In)|ProcessStartInfo\ \w+\ =\ new)
        \(\s*(?:[^"(),;]*(?:\([^()]*\))?,\s*)?"(?<program>(?:/usr)?/?(?:bin/)?[^"/]+)"\s*[,)]
        | \bStartApart\([^;]*?,\s*\n\s*\[?"(?<program>[^"/]+)"
        """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Calls();

    [GeneratedRegex(
        @"^(?:/usr)?/?(?:bin/)?[a-z][a-z0-9_+-]+(?:\.(?:vfat|ext4|btrfs))?$",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Name();

    // bash -euc "…" and sh -c "…".
    [GeneratedRegex(
        @"""(?:bash|sh)"",\s*\[?""-[a-z]*c"",\s*\$*(?:""""""(?<script>.*?)""""""|""(?<script>(?:[^""\\]|\\.)*)"")",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Scripts();

    [GeneratedRegex(@"\{[A-Za-z_][^{}\n;]*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(
        @"^\s*(?<name>[A-Za-z_]\w*)\s*\(\)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Functions();
}
