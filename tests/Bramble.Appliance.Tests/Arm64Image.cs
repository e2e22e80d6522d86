using System.Text;

namespace Bramble.Appliance.Tests;

/// <summary>The image for Raspberry Pis with a stand-in for the binary, made once; its system unpacked, and a copy of the disk that may be written.</summary>
public sealed class Arm64Image : IDisposable
{
    private const int SystemStart = 257;

    public Arm64Image()
    {
        Folder = Directory.CreateTempSubdirectory("bramble-arm64-").FullName;
        string standIn = Path.Combine(Folder, "bramble");
        File.WriteAllText(standIn, "#!/bin/sh\necho 'a stand-in for the binary' >&2\nexit 1\n");
        ShellResult result = Shell.TryRun(TimeSpan.FromMinutes(40), Path.Combine(Repository.Root, "scripts", "image"), "--raw", "--arch", "arm64", "--binary", standIn);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"scripts/image ended with {result.ExitCode}:\n{result.Error}");
        }

        Disk = Path.Combine(Folder, "disk.img");
        System = Path.Combine(Folder, "system");
        Shell.Run("cp", "--sparse=always", Directory.GetFiles(Path.Combine(Repository.Root, "out"), "bramble-*-arm64.img").Single(static f => !f.Contains("raspios", StringComparison.Ordinal)), Disk);
        Shell.Run("unsquashfs", "-quiet", "-no-progress", "-offset", $"{SystemStart * 1024 * 1024}", "-dest", System, Disk);
        using FileStream file = File.OpenWrite(Disk);
        file.SetLength(4L << 30);
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

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
