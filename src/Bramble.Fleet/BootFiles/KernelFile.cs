namespace Bramble.Fleet.BootFiles;

/// <summary>Which file is the kernel: once it is sent, the firmware's part is done.</summary>
internal static class KernelFile
{
    /// <summary>True for the names that the firmware tries by itself, for a RAM disk that holds a kernel, and for those that config.txt names.</summary>
    /// <param name="path">Path below the prefix.</param>
    /// <param name="configured">Names given by <c>kernel=</c>.</param>
    public static bool Is(string path, IReadOnlyList<string> configured)
    {
        ReadOnlySpan<char> name = path.AsSpan(path.LastIndexOf('/') + 1);
        if (name.StartsWith("kernel") && name.EndsWith(".img"))
        {
            return true;
        }

        if (name.StartsWith("vmlinuz") || name is "boot.img")
        {
            return true;
        }

        foreach (string kernel in configured)
        {
            if (path == kernel || path.EndsWith('/' + kernel, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
