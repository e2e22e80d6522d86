using System.Text;
using Bramble.Linux.Files;

namespace Bramble.Storage.Images;

/// <summary>The kernels that a root tree has modules for, and what they can: by depmod's own lists (<c>modules.builtin</c>, <c>modules.dep</c>).</summary>
internal sealed class KernelModules
{
    private const int ListLimit = 4 << 20;
    private static readonly string[] s_folders = ["usr/lib/modules", "lib/modules"];
    private readonly Dictionary<string, (string BuiltIn, string Files)> _lists = new(StringComparer.Ordinal);

    private KernelModules()
    {
    }

    /// <summary>Releases of the kernels.</summary>
    internal IEnumerable<string> Kernels => _lists.Keys.Order(StringComparer.Ordinal);

    /// <summary>Reads them.</summary>
    internal static KernelModules Read(ForeignTree root)
    {
        KernelModules modules = new();
        foreach (string folder in s_folders)
        {
            foreach (string kernel in root.List(folder))
                modules._lists.TryAdd(kernel, (ReadList($"{folder}/{kernel}/modules.builtin"), ReadList($"{folder}/{kernel}/modules.dep")));
        }

        return modules;

        string ReadList(string path) => root.ReadFile(path, ListLimit) is { } bytes ? Encoding.Latin1.GetString(bytes) : "";
    }

    /// <summary>Whether a module is part of a kernel; of every kernel for null.</summary>
    internal bool IsBuiltIn(string? kernel, string module) => All(kernel, lists => Names(lists.BuiltIn, module));

    /// <summary>Whether a kernel has a module, as part of itself or in the root; every kernel for null.</summary>
    internal bool Has(string? kernel, string module) => All(kernel, lists => Names(lists.BuiltIn, module) || Names(lists.Files, module));

    private bool All(string? kernel, Func<(string BuiltIn, string Files), bool> test) =>
        kernel is not null ? _lists.TryGetValue(kernel, out (string BuiltIn, string Files) lists) && test(lists) : _lists.Count > 0 && _lists.Values.All(test);

    private static bool Names(string list, string module) => list.Contains($"/{module}.ko", StringComparison.Ordinal);
}
