using System.Text;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>The test classes that share one image.</summary>
[CollectionDefinition(Name)]
public sealed class Arm64Tests : ICollectionFixture<Arm64Image>
{
    public const string Name = "arm64";
}

/// <summary>
/// The image for Raspberry Pis as scripts/image makes it by itself, made once; its system unpacked, and disks with it that may be written.
/// </summary>
public sealed class Arm64Image : IDisposable
{
    private const int SystemStart = 257;

    public Arm64Image()
    {
        string command = Path.Combine(Repository.Root, "scripts", "image");
        ShellResult result = Shell.TryRun(TimeSpan.FromMinutes(60), command, "--raw", "--arch", "arm64");
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"scripts/image ended with {result.ExitCode}:\n{result.Error}");
        }

        Folder = Directory.CreateTempSubdirectory("bramble-arm64-").FullName;
        System = Path.Combine(Folder, "system");
        Disk = Directory.GetFiles(Path.Combine(Repository.Root, "out"), "bramble-*-arm64.img")
            .Single(static file => !file.Contains("raspios", StringComparison.Ordinal));
        Shell.Run("unsquashfs", "-quiet", "-no-progress", "-offset", $"{SystemStart * 1024 * 1024}", "-dest", System, Disk);
    }

    internal string Folder { get; }

    /// <summary>The image itself, which nobody writes.</summary>
    internal string Disk { get; }

    /// <summary>The system's tree.</summary>
    internal string System { get; }

    internal byte[] Read(long at, int length)
    {
        using FileStream file = File.OpenRead(Disk);
        file.Position = at;
        byte[] bytes = new byte[length];
        file.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A file of the boot partition.</summary>
    internal byte[] BootFile(string name)
    {
        string copy = Path.Combine(Folder, "copy");
        Shell.Run("mcopy", "-o", "-n", "-i", $"{Disk}@@1M", "::" + name, copy);
        return File.ReadAllBytes(copy);
    }

    internal string BootText(string name) => Encoding.UTF8.GetString(BootFile(name));

    /// <summary>The names in a folder of the boot partition.</summary>
    internal string[] BootFiles(string folder) =>
    [
        .. Shell.Run("mdir", "-b", "-i", $"{Disk}@@1M", "::" + folder).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static path => path[(path.TrimEnd('/').LastIndexOf('/') + 1)..]),
    ];

    /// <summary>A larger disk with the image on it, as it is flashed.</summary>
    internal string Flash(string name)
    {
        string disk = Path.Combine(Folder, name);
        Shell.Run("cp", "--sparse=always", Disk, disk);
        using FileStream file = File.OpenWrite(disk);
        file.SetLength(8L << 30);
        return disk;
    }

    /// <summary>A copy of a file of the first system's folder, to hand to a program.</summary>
    internal string CopyOf(string name)
    {
        string copy = Path.Combine(Folder, name.Replace('/', '-'));
        if (!File.Exists(copy))
        {
            File.WriteAllBytes(copy, BootFile("bramble/a/" + name));
        }

        return copy;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
