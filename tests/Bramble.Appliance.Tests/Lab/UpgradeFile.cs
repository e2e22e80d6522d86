namespace Bramble.Appliance.Tests.Lab;

/// <summary>Upgrades made of the one that scripts/image has made.</summary>
internal sealed class UpgradeFile
{
    private readonly string _folder;

    /// <summary>Unpacks the upgrade that belongs to the image.</summary>
    /// <param name="folder">Where; a disk's own folder.</param>
    public UpgradeFile(string folder)
    {
        _folder = Path.Combine(folder, "upgrade");
        Directory.CreateDirectory(_folder);
        Shell.Run("tar", "-C", _folder, "-xf", Original);
    }

    /// <summary>The upgrade that scripts/image has made.</summary>
    public static string Original => Directory.GetFiles(Path.Combine(Repository.Root, "out"), "bramble-*-amd64.upgrade").Single();

    /// <summary>Adds a file to the top folder of its system.</summary>
    public void AddToSystem(string name, string content)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, content);
        Shell.Run("mksquashfs", file, Path.Combine(_folder, "system"), "-quiet", "-no-progress", "-root-mode", "0755", "-root-uid", "0", "-root-gid", "0");
        File.Delete(file);
    }

    /// <summary>Adds a word to the command line of its kernel.</summary>
    public void AddToCommandLine(string word)
    {
        string entry = Path.Combine(_folder, "text", "entry.conf");
        File.WriteAllText(entry, File.ReadAllText(entry).TrimEnd() + " " + word + "\n");
    }

    /// <summary>Packs and signs it again; returns its path.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="key">Who signs; null for the key of the image.</param>
    public string Pack(string version, string? key = null)
    {
        string file = Path.Combine(Path.GetDirectoryName(_folder)!, version + ".upgrade");
        Shell.Run(Path.Combine(Repository.Root, "image", "upgrade"), "amd64", _folder, version, "1754697600", key ?? ImageKey, file);
        return file;
    }

    private static string ImageKey => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config ? config : Path.Combine(Environment.GetEnvironmentVariable("HOME")!, ".config"),
        "bramble", "upgrade.key");
}
