using Bramble.Panel;

namespace Bramble.Web;

/// <summary>Where the page gets the fleet from: the running boot server.</summary>
internal interface IFleetSource
{
    /// <summary>The fleet as JSON, at most a second old.</summary>
    Task<string> StatusJsonAsync(CancellationToken cancellation);

    /// <summary>The files of the last boot of a client or board, as JSON.</summary>
    Task<string> FilesJsonAsync(string name, CancellationToken cancellation);

    /// <summary>What the bootloader of a client or board logged at its last boot, as JSON.</summary>
    Task<string> LogJsonAsync(string name, CancellationToken cancellation);

    /// <summary>Metrics in Prometheus' text format.</summary>
    Task<string> MetricsAsync(CancellationToken cancellation);

    /// <summary>What the front panel shows; a panel that is not there shows the same.</summary>
    Task<PanelSnapshot> PanelAsync(CancellationToken cancellation);

    /// <summary>Ends when something changed after <paramref name="seen"/>, or after a while; the number of the change then.</summary>
    Task<long> ChangedAsync(long seen, CancellationToken cancellation);
}
