namespace Bramble.Storage.Editing;

/// <summary>The kernel's command line (<c>cmdline.txt</c>): one line of words.</summary>
internal static class CmdlineText
{
    private static readonly string[] s_firstBootPrograms = ["init_resize.sh", "firstboot", "rpi-resize"];

    /// <summary>
    /// Takes out what is meant for the card: first-boot programs and the word <c>resize</c>, which would repartition a disk that is not there,
    /// and file system check and type of a local root. <c>root=</c> stays; whoever serves the file replaces it.
    /// </summary>
    internal static string ForNetworkBoot(string text)
    {
        string line = text.Split('\n', 2)[0].Trim();
        IEnumerable<string> words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(word => !IsForCard(word));
        return string.Join(' ', words) + "\n";
    }

    private static bool IsForCard(string word) =>
        word is "resize"
        || word.StartsWith("fsck.", StringComparison.Ordinal)
        || word.StartsWith("rootfstype=", StringComparison.Ordinal)
        || (word.StartsWith("init=", StringComparison.Ordinal) && Array.Exists(s_firstBootPrograms, program => word.EndsWith(program, StringComparison.Ordinal)));
}
