using System.Text;
using System.Text.RegularExpressions;

namespace Bramble.Storage.Editing;

/// <summary>interfaces(5) of ifupdown as text.</summary>
internal static partial class InterfacesText
{
    /// <summary>Lets ifupdown leave the built-in Ethernet port as the kernel set it up: <c>dhcp</c> and <c>static</c> become <c>manual</c>.</summary>
    internal static string WithManualBootInterface(string text)
    {
        StringBuilder result = new();
        foreach (string line in text.Split('\n'))
            result.Append(BootInterface().Replace(line, "${1}manual")).Append('\n');
        return result.ToString(0, result.Length - 1);
    }

    [GeneratedRegex(@"^(?<1>\s*iface\s+(?:eth0|end0|en[ox][0-9a-z]+)\s+inet\s+)(?:dhcp|static)\b", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex BootInterface();
}
