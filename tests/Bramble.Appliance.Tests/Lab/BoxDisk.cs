namespace Bramble.Appliance.Tests.Lab;

/// <summary>A disk with the image on it as it is flashed, larger than the image, in a folder of its own.</summary>
internal sealed class BoxDisk : IDisposable
{
    public const long Gibibyte = 1L << 30;

    private static readonly Lazy<string> s_image = new(MakeImage);

    public BoxDisk(long bytes = 12 * Gibibyte)
    {
        string image = Image;
        Folder = Directory.CreateTempSubdirectory("bramble-disk-").FullName;
        Path = System.IO.Path.Combine(Folder, "disk.img");
        Shell.Run("cp", "--sparse=always", image, Path);
        using FileStream file = File.OpenWrite(Path);
        file.SetLength(bytes);
    }

    /// <summary>A copy of a saved box's disk, with what belongs to it.</summary>
    public BoxDisk(SavedBox saved)
    {
        string from = saved.Disk.Folder;
        Folder = Directory.CreateTempSubdirectory("bramble-disk-").FullName;
        Path = System.IO.Path.Combine(Folder, "disk.img");
        Shell.Run("cp", "--sparse=always", $"{from}/disk.img", Folder);
        Shell.Run("cp", "--preserve=mode", $"{from}/efi-variables.fd", $"{from}/key", $"{from}/key.pub", Folder);
    }

    /// <summary>The image as scripts/image makes it.</summary>
    public static string Image => s_image.Value;

    public string Folder { get; }

    public string Path { get; }

    /// <summary>Puts a file on the boot partition, as a person does on a PC.</summary>
    public void PutOnBootPartition(string name, string content)
    {
        string file = System.IO.Path.Combine(Folder, "put");
        File.WriteAllText(file, content);
        Shell.Run("mcopy", "-o", "-i", $"{Path}@@1M", file, "::" + name);
    }

    /// <summary>Takes a file off the boot partition.</summary>
    public void RemoveFromBootPartition(string name) => Shell.Run("mdel", "-i", $"{Path}@@1M", "::" + name);

    /// <summary>A file of the boot partition; null if it is not there.</summary>
    public string? ReadFromBootPartition(string name)
    {
        ShellResult result = Shell.TryRun("mtype", "-i", $"{Path}@@1M", "::" + name);
        return result.ExitCode == 0 ? result.Output : null;
    }

    /// <summary>Adds the partitions that the first start makes, and fills the data partition from a file.</summary>
    public void MakeDataPartition(string content)
    {
        Shell.Run("bash", "-euc", $"""
            printf 'size=512MiB, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, name=bramble-b\nsize=4GiB, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=bramble-data\n' | sfdisk -q --append {Path}
            start=$(sfdisk --json {Path} | sed -n 's/.*"start": *\([0-9]*\).*/\1/p' | tail -n 1)
            dd if={content} of={Path} bs=1M seek=$((start / 2048)) conv=notrunc,sparse status=none
            """);
    }

    /// <summary>
    /// Makes a stick with the image of an operating system on it, and a simulated front panel in the folder <c>panel</c>; returns its path.
    /// </summary>
    public string MakeMedia()
    {
        string media = System.IO.Path.Combine(Folder, "media.img");
        Shell.Run("bash", "-euc", $"""
            mkdir {Folder}/media; cp --sparse=always {PiSystem.Disk} {Folder}/media/raspios-shaped.img
            cp -r {PanelModules.Folder} {Folder}/media/panel
            size=$(($(stat -c %s {PiSystem.Disk}) / 1048576 * 11 / 10 + 32))
            mkfs.ext4 -q -F -L media -m 0 -O ^has_journal,^metadata_csum_seed,^orphan_file -d {Folder}/media {media} "$size"M
            rm -r {Folder}/media
            """);
        return media;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    // Made once; scripts/image itself knows whether anything has changed.
    private static string MakeImage()
    {
        ShellResult result = Shell.TryRun(
            TimeSpan.FromMinutes(20), System.IO.Path.Combine(Repository.Root, "scripts", "image"),
            "--raw", "--arch", "amd64", "--binary", Repository.Bramble);
        return result.ExitCode == 0
            ? Directory.GetFiles(System.IO.Path.Combine(Repository.Root, "out"), "bramble-*-amd64.img").Single()
            : throw new InvalidOperationException($"scripts/image ended with {result.ExitCode}:\n{result.Error}");
    }
}
