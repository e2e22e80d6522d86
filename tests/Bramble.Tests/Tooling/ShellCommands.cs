namespace Bramble.Tests.Tooling;

/// <summary>
/// Finds the words of a bash script that are commands. It understands quotes, comments, here-documents, arrays, <c>case</c> and command
/// substitution. That is enough for the scripts of this repository; it reads no others.
/// </summary>
internal sealed partial class ShellCommands
{
    private static readonly HashSet<string> s_beforeCommand =
    [
        "if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "exec", "command", "builtin", "as_root", "with_binfmt",
    ];

    /// <summary>Programs that start the program which follows their own options, numbers and assignments.</summary>
    private static readonly HashSet<string> s_starters =
        ["env", "sudo", "nice", "nohup", "timeout", "xargs", "flock", "chroot", "unshare", "nsenter"];

    private readonly string _text;
    private readonly List<string> _found = [];
    private readonly Queue<(string End, bool Tabs)> _hereDocuments = [];
    private int _at;
    private bool _afterStarter;

    private ShellCommands(string text) => _text = text;

    /// <summary>The literal command words of a script, keywords and function names included, in order.</summary>
    public static IReadOnlyList<string> In(string script)
    {
        var reader = new ShellCommands(script);
        reader.ReadCommands('\0');
        return reader._found;
    }

    private char Here => _at < _text.Length ? _text[_at] : '\0';

    private char Next => _at + 1 < _text.Length ? _text[_at + 1] : '\0';

    /// <summary>Reads commands until an unmatched <paramref name="end"/>, or the end of the text.</summary>
    private void ReadCommands(char end)
    {
        bool command = true;
        // One entry for each open case: true while its next words are a pattern.
        var cases = new Stack<bool>();
        while (_at < _text.Length)
        {
            char c = Here;
            if (c == end && !(cases.Count > 0 && cases.Peek()))
            {
                _at++;
                return;
            }

            switch (c)
            {
                case ' ' or '\t':
                    _at++;
                    break;
                case '\\' when Next == '\n':
                    _at += 2;
                    break;
                case '#':
                    SkipLine();
                    break;
                case '\n':
                    _at++;
                    _afterStarter = false;
                    SkipHereDocuments();
                    command = true;
                    break;
                case ';' when Next == ';':
                    _at += 2;
                    if (cases.TryPop(out _))
                    {
                        cases.Push(true);
                    }

                    command = true;
                    break;
                case ';' or '|' or '&':
                    _at++;
                    _afterStarter = false;
                    command = true;
                    break;
                case '(' when Next == '(':
                    SkipBalanced("((", "))");
                    command = false;
                    break;
                case '(' when cases.Count > 0 && cases.Peek():
                    _at++;
                    break;
                case '(' when Next == ')':
                    // name() and what it does.
                    _at += 2;
                    command = true;
                    break;
                case '(':
                    _at++;
                    ReadCommands(')');
                    command = false;
                    break;
                case ')':
                    // The end of a case pattern, or of the parentheses of a function.
                    _at++;
                    if (cases.Count > 0 && cases.Peek())
                    {
                        cases.Pop();
                        cases.Push(false);
                    }

                    command = true;
                    break;
                case '<' or '>':
                    ReadRedirection();
                    break;
                default:
                    command = ReadWordAndSeeIfCommandFollows(command, cases);
                    break;
            }
        }
    }

    private bool ReadWordAndSeeIfCommandFollows(bool command, Stack<bool> cases)
    {
        string? word = ReadWord();
        if (cases.Count > 0 && cases.Peek())
        {
            if (word == "esac")
            {
                cases.Pop();
            }

            return true;
        }

        if (!command)
        {
            return false;
        }

        if (_afterStarter && (word is null || word.StartsWith('-') || char.IsAsciiDigit(word[0]) || IsAssignment(word)))
        {
            return true;
        }

        _afterStarter = false;
        // "command -v NAME" calls nothing.
        if (word is null || word.StartsWith('-'))
        {
            return false;
        }

        switch (word)
        {
            case "case":
                SkipTo(" in");
                cases.Push(true);
                return true;
            case "esac":
                cases.TryPop(out _);
                return false;
            case "[[":
                SkipTo("]]");
                return false;
            case "for" or "select" or "function":
                return false;
        }

        if (IsAssignment(word))
        {
            return true;
        }

        _found.Add(word);
        _afterStarter = s_starters.Contains(word);
        return _afterStarter || s_beforeCommand.Contains(word);
    }

    private static bool IsAssignment(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && (char.IsAsciiLetter(word[0]) || word[0] == '_')
            && word[..equals].All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '[' or ']');
    }
}
