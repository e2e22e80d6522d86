namespace Bramble.Linux.DBus;

/// <summary>Checks names (D-Bus specification, "Valid Names").</summary>
internal static class BusNames
{
    private const int MaxLength = 255;

    /// <summary>True for a unique name such as <c>:1.42</c> or a well-known one such as <c>org.example.A</c>.</summary>
    public static bool IsBusName(string name) =>
        name.StartsWith(':') ? HasElements(name[1..], digitsMayLead: true) : HasElements(name, digitsMayLead: false);

    /// <summary>True for the name of an error or an interface.</summary>
    public static bool IsErrorName(string name) => !name.Contains('-', StringComparison.Ordinal) && HasElements(name, digitsMayLead: false);

    private static bool HasElements(string name, bool digitsMayLead)
    {
        string[] elements = name.Split('.');
        return name.Length <= MaxLength
            && elements.Length >= 2
            && elements.All(element => element.Length > 0
                && (digitsMayLead || !char.IsAsciiDigit(element[0]))
                && element.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'));
    }
}
