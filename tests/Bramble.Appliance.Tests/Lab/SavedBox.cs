using System.Diagnostics;

namespace Bramble.Appliance.Tests.Lab;

/// <summary>
/// A box that has started for the first time, from the image as it is flashed with nothing but a key on it, in a network without a DHCP
/// server, and has imported an image. It is made once, when the first test asks for it; tests go on from it within seconds, each with a
/// disk of its own.
/// </summary>
public sealed class SavedBox : IDisposable
{
    private readonly Lazy<BoxDisk> _disk;
    private string? _media;

    public SavedBox() => _disk = new(Make);

    /// <summary>The file with the state of the machine.</summary>
    internal string State => Path.Combine(_disk.Value.Folder, "state");

    /// <summary>Its disk; not to be written.</summary>
    internal BoxDisk Disk => _disk.Value;

    /// <summary>Its further disk.</summary>
    internal string Media => _media!;

    /// <summary>Its memory in MiB, that of a small Raspberry Pi.</summary>
    internal int Memory => 512;

    public void Dispose()
    {
        if (_disk.IsValueCreated)
        {
            _disk.Value.Dispose();
        }
    }

    private BoxDisk Make()
    {
        var clock = Stopwatch.StartNew();
        var disk = new BoxDisk();
        try
        {
            using var network = new LabNetwork();
            _media = disk.MakeMedia();
            using var box = new Box(network, disk, "192.168.77.1", _media, Memory);
            box.WaitUntilServing();
            box.ImportMedia();

            // The version that runs is kept once it has served for a while.
            box.Ssh("timeout 300 sh -c 'while systemctl is-system-running | grep -q starting; do sleep 1; done'; sync");
            box.Save(Path.Combine(disk.Folder, "state"));
            Console.WriteLine($"the saved box: made in {clock.Elapsed.TotalSeconds:F0} s");
            return disk;
        }
        catch
        {
            disk.Dispose();
            throw;
        }
    }
}
