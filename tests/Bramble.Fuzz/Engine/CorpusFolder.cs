using System.Security.Cryptography;

namespace Bramble.Fuzz.Engine;

/// <summary>Inputs on disk, one a file, named by what they hold.</summary>
internal static class CorpusFolder
{
    /// <summary>All inputs of a folder, in one order on every machine; empty if it is not there.</summary>
    public static IReadOnlyList<byte[]> Read(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)]
        : [];

    /// <summary>Makes a folder hold these inputs and no others.</summary>
    public static void Write(string folder, IEnumerable<byte[]> inputs)
    {
        Directory.CreateDirectory(folder);
        HashSet<string> kept = [];
        foreach (byte[] input in inputs)
        {
            string name = NameOf(input);
            kept.Add(name);
            File.WriteAllBytes(Path.Combine(folder, name), input);
        }

        foreach (string file in Directory.EnumerateFiles(folder).Where(f => !kept.Contains(Path.GetFileName(f))))
        {
            File.Delete(file);
        }
    }

    /// <summary>The name of an input's file.</summary>
    public static string NameOf(byte[] input) => Convert.ToHexStringLower(SHA256.HashData(input))[..16];
}
