namespace Bramble.VirtualPi.Boot;

/// <summary>A folder holds the files that a board should get: its files must come octet for octet, others must not come.</summary>
public sealed class FolderFiles : IExpectedFiles
{
    private readonly string _folder;
    private readonly Dictionary<string, string?> _exceptions;

    /// <summary>Names a folder.</summary>
    /// <param name="folder">The boot files, without prefix.</param>
    /// <param name="exceptions">
    /// Names with their own rule: a file to compare with instead, or null for content that the server makes.
    /// cmdline.txt and config.txt are made by the server unless they are named here.
    /// </param>
    public FolderFiles(string folder, IReadOnlyDictionary<string, string?>? exceptions = null)
    {
        _folder = Path.GetFullPath(folder);
        _exceptions = new(StringComparer.Ordinal) { ["cmdline.txt"] = null, ["config.txt"] = null };
        foreach ((string name, string? file) in exceptions ?? new Dictionary<string, string?>(StringComparer.Ordinal))
        {
            _exceptions[name] = file;
        }
    }

    /// <inheritdoc/>
    public Expectation Find(string name, out ReadOnlyMemory<byte> content)
    {
        content = default;
        string path = Path.GetFullPath(Path.Combine(_folder, name));
        if (_exceptions.TryGetValue(name, out string? file))
        {
            if (file is null)
            {
                // A cmdline.txt may be made where the folder has none.
                return File.Exists(path) ? Expectation.Present : Expectation.Unknown;
            }

            path = file;
        }
        else if (!path.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return Expectation.Absent;
        }

        if (!File.Exists(path))
        {
            return Expectation.Absent;
        }

        content = File.ReadAllBytes(path);
        return Expectation.Content;
    }
}
