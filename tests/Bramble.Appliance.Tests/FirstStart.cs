using Bramble.Appliance.Tests.Lab;

namespace Bramble.Appliance.Tests;

/// <summary>The image as flashed, with nothing but a key on it, started for the first time in a network where nobody gives addresses; two Pis are there.</summary>
public sealed class FirstStart : IDisposable
{
    private readonly LabNetwork _network = new();
    private readonly BoxDisk _disk = new();
    private readonly Box _box;

    public FirstStart()
    {
        try
        {
            Fixture = Shell.TryRun(TimeSpan.FromMinutes(20), Path.Combine(Repository.Root, "tests", "fixtures", "raspios-shaped", "build")).Output.Trim();
            string media = Path.Combine(_disk.Folder, "media.img");
            Shell.Run("bash", "-euc", $"""
                mkdir {_disk.Folder}/media; cp --sparse=always {Fixture}/disk.img {_disk.Folder}/media/raspios-shaped.img
                mkfs.ext4 -q -F -L media -m 0 -O ^has_journal,^metadata_csum_seed,^orphan_file -d {_disk.Folder}/media {media} $(($(stat -c %s {Fixture}/disk.img) / 1048576 * 11 / 10 + 32))M
                rm -r {_disk.Folder}/media
                """);
            _box = new Box(_network, _disk, "192.168.77.1", media);
            _box.WaitUntilServing();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal Box Box => _box;

    internal LabNetwork Network => _network;

    internal BoxDisk Disk => _disk;

    /// <summary>The operating system that the Pis boot.</summary>
    internal string Fixture { get; } = "";

    public void Dispose()
    {
        _box?.Dispose();
        _network.Dispose();
        _disk.Dispose();
    }
}
