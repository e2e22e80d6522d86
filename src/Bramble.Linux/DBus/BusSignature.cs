namespace Bramble.Linux.DBus;

/// <summary>Takes D-Bus signatures apart and checks names (D-Bus specification, "Type System" and "Valid Names").</summary>
internal static class BusSignature
{
    /// <summary>Nesting that the specification allows: 32 arrays and 32 structs.</summary>
    private const int DeepestNesting = 64;

    /// <summary>Splits a signature into its complete types.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static IReadOnlyList<string> Split(string signature)
    {
        var types = new List<string>();
        int at = 0;
        while (at < signature.Length)
        {
            int end = EndOfType(signature, at, 0);
            types.Add(signature[at..end]);
            at = end;
        }
        return types;
    }

    /// <summary>True for a valid error name: two or more elements of letters, digits and underscores, none starting with a digit, 255 bytes at most.</summary>
    public static bool IsErrorName(string name)
    {
        string[] elements = name.Split('.');
        return name.Length <= 255
            && elements.Length >= 2
            && elements.All(static element => element.Length > 0 && !char.IsAsciiDigit(element[0]) && element.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'));
    }

    private static int EndOfType(string signature, int at, int depth)
    {
        if (at >= signature.Length || depth > DeepestNesting)
        {
            throw Bad(signature);
        }
        switch (signature[at])
        {
            case 'y' or 'b' or 'n' or 'q' or 'i' or 'u' or 'x' or 't' or 'd' or 's' or 'o' or 'g' or 'h' or 'v':
                return at + 1;
            case 'a' when at + 1 < signature.Length && signature[at + 1] == '{':
                int value = EndOfType(signature, at + 2, depth + 1);
                if (value != at + 3 || signature[at + 2] == 'v')
                {
                    throw Bad(signature);
                }
                int close = EndOfType(signature, value, depth + 1);
                return close < signature.Length && signature[close] == '}' ? close + 1 : throw Bad(signature);
            case 'a':
                return EndOfType(signature, at + 1, depth + 1);
            case '(':
                int member = EndOfType(signature, at + 1, depth + 1);
                while (member < signature.Length && signature[member] != ')')
                {
                    member = EndOfType(signature, member, depth + 1);
                }
                return member < signature.Length ? member + 1 : throw Bad(signature);
            default:
                throw Bad(signature);
        }
    }

    private static ArgumentException Bad(string signature) => new($"'{signature}' is no D-Bus signature that is understood here.", nameof(signature));
}
