namespace Bramble.Storage.Contract;

/// <summary>Compares what is on the disk with what it refers to and with what is served.</summary>
public interface IDoctor
{
    /// <summary>Lists what is wrong, and mends what can be mended without losing anything.</summary>
    /// <param name="mend">Mend; false to look only.</param>
    /// <param name="clients">Names of all clients that the fleet has; null if that is not known, and roots without a client are then no finding.</param>
    /// <param name="cancellation">Stops between two findings.</param>
    /// <returns>What was found, images first, then clients, then what is served; empty if all is well.</returns>
    Task<IReadOnlyList<StorageFinding>> ExamineAsync(bool mend, IReadOnlyList<string>? clients, CancellationToken cancellation);

    /// <summary>Looks at what the data disk is used for.</summary>
    Task<StorageUsage> MeasureAsync(CancellationToken cancellation);
}
