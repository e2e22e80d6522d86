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
            _box = new Box(_network, _disk, "192.168.77.1", _disk.MakeMedia());
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

    public void Dispose()
    {
        _box?.Dispose();
        _network.Dispose();
        _disk.Dispose();
    }
}
