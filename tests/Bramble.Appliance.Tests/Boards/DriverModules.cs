using System.IO.Enumeration;

namespace Bramble.Appliance.Tests.Boards;

/// <summary>
/// Which drivers a kernel has for the nodes of a device tree, and which of them are at hand before the root file system is.
/// </summary>
/// <param name="aliases">The text of modules.alias.</param>
/// <param name="dependencies">The text of modules.dep.</param>
/// <param name="kernel">The kernel's image, not packed: the drivers that are built in have their names in it.</param>
/// <param name="atHand">The names of the modules in the initramfs.</param>
internal sealed class DriverModules(string aliases, string dependencies, byte[] kernel, IEnumerable<string> atHand)
{
    private readonly (string Pattern, string Module)[] _aliases =
    [
        .. aliases.Split('\n').Select(static line => line.Split(' ')).Where(static words => words is ["alias", _, _])
            .Select(static words => (words[1], Canonical(words[2]))),
    ];

    private readonly Dictionary<string, string[]> _dependencies = dependencies.Split('\n')
        .Select(static line => line.Split(':')).Where(static parts => parts.Length == 2)
        .ToDictionary(
            static parts => NameOf(parts[0]),
            static parts => parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(NameOf).ToArray());

    private readonly HashSet<string> _atHand = [.. atHand.Select(Canonical)];
    private readonly Dictionary<string, bool> _builtIn = [];
    private readonly Dictionary<string, string[]> _modules = [];

    /// <summary>The name of a module from its path, as Linux shows it.</summary>
    public static string NameOf(string path) => Canonical(path[(path.LastIndexOf('/') + 1)..].Split('.')[0]);

    /// <summary>What is missing for a device; null for nothing.</summary>
    public string? MissingFor(DeviceTreeNode device)
    {
        string node = device.Name.Split('@')[0];
        string[] modules = [.. device.Compatible.SelectMany(name => ModulesOf($"of:N{node}T(null)C{name}")).Distinct()];
        if (modules.Length > 0)
        {
            string[] first = [.. modules.Select(Missing).OfType<string>()];
            return first.Length < modules.Length ? null : string.Join(" or ", first);
        }

        if (device.Compatible.Select(PciAlias).OfType<string>().FirstOrDefault() is { } alias)
        {
            return ModulesOf(alias).FirstOrDefault() is { } module ? Missing(module) : $"a driver of {device.Compatible[0]}";
        }

        return device.Compatible.Any(IsBuiltIn) ? null : $"a driver of {device.Compatible[0]}";
    }

    /// <summary>The module, or the one of its dependencies, that is not at hand; null if all are.</summary>
    public string? Missing(string module)
    {
        module = Canonical(module);
        return !_dependencies.ContainsKey(module) || (_atHand.Contains(module) && _dependencies[module].All(_atHand.Contains)) ? null
            : _dependencies[module].Prepend(module).First(name => !_atHand.Contains(name));
    }

    private static string Canonical(string name) => name.Trim().Replace('-', '_');

    // "pci1de4,1": vendor and device, as the PCI bus asks for its driver.
    private static string? PciAlias(string compatible) =>
        compatible.StartsWith("pci", StringComparison.Ordinal) &&
        compatible[3..].Split(',') is [{ Length: 4 } vendor, { Length: > 0 and <= 4 } device]
            ? $"pci:v0000{vendor.ToUpperInvariant()}d{device.ToUpperInvariant().PadLeft(8, '0')}sv00000000sd00000000bc0Csc03i30" : null;

    private string[] ModulesOf(string alias)
    {
        if (!_modules.TryGetValue(alias, out string[]? found))
        {
            _modules[alias] = found =
            [
                .. _aliases.Where(entry => FileSystemName.MatchesSimpleExpression(entry.Pattern, alias, ignoreCase: false))
                    .Select(static entry => entry.Module),
            ];
        }

        return found;
    }

    private bool IsBuiltIn(string compatible)
    {
        if (!_builtIn.TryGetValue(compatible, out bool found))
        {
            byte[] text = System.Text.Encoding.ASCII.GetBytes($"\0{compatible}\0");
            _builtIn[compatible] = found = kernel.AsSpan().IndexOf(text) >= 0;
        }

        return found;
    }
}
