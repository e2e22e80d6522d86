namespace Bramble.Configuration;

/// <summary>One key of the configuration: its place, its meaning, and how its value is read.</summary>
/// <param name="Section">The section.</param>
/// <param name="Name">The key.</param>
/// <param name="Default">The default as it would be written; empty where the default is found by the program.</param>
/// <param name="Help">What it does, for the commented default file; lines of at most 90 characters.</param>
/// <param name="Apply">Reads the value into the configuration; returns null, or what a right value looks like ("use 'yes' or 'no'").</param>
internal sealed record ConfigKey(
    string Section,
    string Name,
    string Default,
    string Help,
    Func<BrambleConfig, IniEntry, string?> Apply)
{
    /// <summary>What stands for a number in the name of a key that there are many of, such as option.NUMBER.</summary>
    public const string Number = "NUMBER";

    /// <summary>True if an entry of the key's section is meant for it.</summary>
    public bool IsNamed(string key) => Name.EndsWith(Number, StringComparison.Ordinal)
        ? key.StartsWith(Name[..^Number.Length], StringComparison.Ordinal)
        : key == Name;
}
