namespace Bramble.Appliance.Upgrade;

/// <summary>Which of the two system partitions runs.</summary>
/// <param name="Running">a or b.</param>
/// <param name="Version">Version of the image that runs.</param>
internal sealed record SystemSlots(char Running, string Version)
{
    private const string RootWord = "root=PARTLABEL=bramble-";

    /// <summary>The partition that does not run: where the next version goes.</summary>
    public char Other => Running == 'a' ? 'b' : 'a';

    /// <summary>Finds out; null on a machine that was not made from the flashable image. Pure.</summary>
    /// <param name="commandLine">What the kernel was started with, <c>/proc/cmdline</c>.</param>
    /// <param name="release">os-release(5).</param>
    public static SystemSlots? Read(string commandLine, string release)
    {
        string? root = commandLine.Split((char[])[' ', '\n']).LastOrDefault(static w => w.StartsWith("root=", StringComparison.Ordinal));
        if (root is null || root.Length != RootWord.Length + 1 || !root.StartsWith(RootWord, StringComparison.Ordinal) || root[^1] is not ('a' or 'b'))
        {
            return null;
        }

        string? version = release.Split('\n').LastOrDefault(static l => l.StartsWith("IMAGE_VERSION=", StringComparison.Ordinal))?["IMAGE_VERSION=".Length..].Trim('"');
        return new SystemSlots(root[^1], version ?? "unknown");
    }
}
