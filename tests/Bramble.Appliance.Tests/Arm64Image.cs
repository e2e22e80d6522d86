using System.Text;

namespace Bramble.Appliance.Tests;

/// <summary>The image for Raspberry Pis as scripts/image makes it by itself; its system unpacked, and a copy of the disk that may be written.</summary>
public sealed class Arm64Image : IDisposable
{
    private const int SystemStart = 257;

    public Arm64Image()
    {
        ShellResult result = Shell.TryRun(TimeSpan.FromMinutes(60), Path.Combine(Repository.Root, "scripts", "image"), "--raw", "--arch", "arm64");
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"scripts/image ended with {result.ExitCode}:\n{result.Error}");
        }

        Folder = Directory.CreateTempSubdirectory("bramble-arm64-").FullName;
        Disk = Path.Combine(Folder, "disk.img");
        System = Path.Combine(Folder, "system");
        string image = Directory.GetFiles(Path.Combine(Repository.Root, "out"), "bramble-*-arm64.img").Single(static f => !f.Contains("raspios", StringComparison.Ordinal));
        Shell.Run("cp", "--sparse=always", image, Disk);
        Shell.Run("unsquashfs", "-quiet", "-no-progress", "-offset", $"{SystemStart * 1024 * 1024}", "-dest", System, Disk);
        using FileStream file = File.OpenWrite(Disk);
        file.SetLength(8L << 30);
    }

    internal string Folder { get; }

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
        [.. Shell.Run("mdir", "-b", "-i", $"{Disk}@@1M", "::" + folder).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static path => path[(path.TrimEnd('/').LastIndexOf('/') + 1)..])];

    /// <summary>Puts a file on the boot partition, as a person does on a PC.</summary>
    internal void PutOnBootPartition(string name, string content)
    {
        string file = Path.Combine(Folder, "put");
        File.WriteAllText(file, content);
        Shell.Run("mcopy", "-o", "-i", $"{Disk}@@1M", file, "::" + name);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
