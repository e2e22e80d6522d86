using Bramble.Linux.Native;

namespace Bramble.Linux.Files;

/// <summary>Owners of files, for which the base library has no call.</summary>
public static class Ownership
{
    /// <summary>Changes the group of a file or folder and leaves its owner.</summary>
    /// <exception cref="SystemCallException">Not permitted, or not there.</exception>
    public static void SetGroup(string path, uint group)
    {
        if (Libc.Chown(path, uint.MaxValue, group) != 0)
            throw SystemCallException.Last($"chown {path}");
    }
}
