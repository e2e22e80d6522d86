using System.Text;

namespace Bramble.Tests.Tooling;

/// <content>Words, quotes, expansions, redirections and here-documents.</content>
internal sealed partial class ShellCommands
{
    /// <summary>One word; null if a part of it is known only when the script runs.</summary>
    private string? ReadWord()
    {
        var word = new StringBuilder();
        bool literal = true;
        while (_at < _text.Length && !" \t\n;|&()<>".Contains(Here, StringComparison.Ordinal))
        {
            switch (Here)
            {
                case '\\':
                    word.Append(Next);
                    _at += 2;
                    break;
                case '\'':
                    int quote = Math.Max(_at + 1, _text.IndexOf('\'', _at + 1));
                    word.Append(_text, _at + 1, quote - _at - 1);
                    _at = quote + 1;
                    break;
                case '"':
                    literal &= ReadDoubleQuotes(word);
                    break;
                case '$':
                    ReadExpansion();
                    literal = false;
                    break;
                default:
                    word.Append(Here);
                    _at++;
                    break;
            }

            // name=(…): the words of an array are no commands, but what is substituted in them is.
            if (Here == '(' && word.Length > 0 && word[^1] == '=')
            {
                ReadArray();
                return word.ToString();
            }
        }

        return literal || IsAssignment(word.ToString()) ? word.ToString() : null;
    }

    private void ReadArray()
    {
        _at++;
        while (_at < _text.Length && Here != ')')
        {
            switch (Here)
            {
                case '#':
                    SkipLine();
                    break;
                case '<' or '>' or '|' or '&' or ';' or '(' or ' ' or '\t' or '\n':
                    _at++;
                    break;
                default:
                    ReadWord();
                    break;
            }
        }

        _at++;
    }

    private bool ReadDoubleQuotes(StringBuilder word)
    {
        bool literal = true;
        _at++;
        while (_at < _text.Length && Here != '"')
        {
            switch (Here)
            {
                case '\\':
                    _at += 2;
                    break;
                case '$':
                    ReadExpansion();
                    literal = false;
                    break;
                default:
                    word.Append(Here);
                    _at++;
                    break;
            }
        }

        _at++;
        return literal;
    }

    /// <summary>From a dollar sign on: a command substitution is read, everything else passed over.</summary>
    private void ReadExpansion()
    {
        _at++;
        if (Here == '(' && Next == '(')
        {
            SkipBalanced("((", "))");
        }
        else if (Here == '(')
        {
            _at++;
            ReadCommands(')');
        }
        else if (Here == '{')
        {
            while (_at < _text.Length && Here != '}')
            {
                if (Here == '$')
                {
                    ReadExpansion();
                }
                else if (Here == '\\')
                {
                    _at += 2;
                }
                else
                {
                    _at++;
                }
            }

            _at++;
        }
        else if (Here == '\'')
        {
            // $'…' with its escapes.
            _at++;
            while (_at < _text.Length && Here != '\'')
            {
                _at += Here == '\\' ? 2 : 1;
            }

            _at++;
        }
        else if (Here != '"')
        {
            _at++;
        }
    }

    private void ReadRedirection()
    {
        bool document = Here == '<' && Next == '<' && (_at + 2 >= _text.Length || _text[_at + 2] != '<');
        if (Next == '(')
        {
            _at += 2;
            ReadCommands(')');
            return;
        }

        while ("<>&|".Contains(Here, StringComparison.Ordinal) && _at < _text.Length)
        {
            _at++;
        }

        bool tabs = document && Here == '-';
        _at += tabs ? 1 : 0;
        while (Here is ' ' or '\t')
        {
            _at++;
        }

        if (Here is '<' or '>' && Next == '(')
        {
            ReadRedirection();
            return;
        }

        string? target = ReadWord();
        if (document && target is not null)
        {
            _hereDocuments.Enqueue((target, tabs));
        }
    }

    private void SkipHereDocuments()
    {
        while (_hereDocuments.TryDequeue(out (string End, bool Tabs) document))
        {
            while (_at < _text.Length)
            {
                int end = _text.IndexOf('\n', _at) is >= 0 and int found ? found : _text.Length;
                string line = _text[_at..end];
                _at = Math.Min(end + 1, _text.Length);
                if ((document.Tabs ? line.TrimStart('\t') : line) == document.End)
                {
                    break;
                }
            }
        }
    }

    private void SkipLine()
    {
        while (_at < _text.Length && Here != '\n')
        {
            _at++;
        }
    }

    private void SkipTo(string text)
    {
        int found = _text.IndexOf(text, _at, StringComparison.Ordinal);
        _at = found < 0 ? _text.Length : found + text.Length;
    }

    private void SkipBalanced(string open, string close)
    {
        int depth = 0;
        do
        {
            if (string.CompareOrdinal(_text, _at, open, 0, 1) == 0)
            {
                depth++;
            }
            else if (string.CompareOrdinal(_text, _at, close, 0, 1) == 0)
            {
                depth--;
            }

            _at++;
        }
        while (_at < _text.Length && depth > 0);
    }
}
