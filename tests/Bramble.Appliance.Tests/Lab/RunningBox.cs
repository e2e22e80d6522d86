namespace Bramble.Appliance.Tests.Lab;

/// <summary>A box that goes on from the saved one, in a network of its own with two Pis. A fixture: tests of a class share it.</summary>
public sealed class RunningBox : IDisposable
{
    private readonly LabNetwork _network = new();
    private readonly BoxDisk? _disk;
    private readonly Box? _box;

    public RunningBox(SavedBox saved)
    {
        try
        {
            _disk = new BoxDisk(saved);
            _box = Box.Restore(_network, _disk, saved);
            _box.WaitUntilServing();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal Box Box => _box!;

    internal LabNetwork Network => _network;

    internal BoxDisk Disk => _disk!;

    public void Dispose()
    {
        _box?.Dispose();
        _network.Dispose();
        _disk?.Dispose();
    }
}
