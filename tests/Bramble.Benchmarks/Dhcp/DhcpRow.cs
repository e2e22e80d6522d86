using Bramble.Benchmarks.Start;

namespace Bramble.Benchmarks.Dhcp;

/// <summary>All figures of one server.</summary>
/// <param name="Name">The server.</param>
/// <param name="Quiet">At the rate that every server stands.</param>
/// <param name="Clean">At its highest rate without a loss.</param>
/// <param name="CpuPerLease">Processor time of the server for one lease at that rate, µs.</param>
/// <param name="Dropped">Datagrams that its socket had no room for, in all trials.</param>
/// <param name="Perfdhcp">perfdhcp at its highest rate without a loss, or null if there is none.</param>
/// <param name="PerfdhcpSeconds">How long each of its trials was.</param>
/// <param name="Avalanches">The avalanches of perfdhcp, shortest first.</param>
/// <param name="Memory">After all that.</param>
internal sealed record DhcpRow(
    string Name,
    DhcpLoadResult.Summary Quiet,
    DhcpLoadResult.Summary Clean,
    double CpuPerLease,
    long Dropped,
    PerfdhcpResult? Perfdhcp,
    int PerfdhcpSeconds,
    PerfdhcpResult[] Avalanches,
    Memory Memory)
{
    public PerfdhcpResult Avalanche => Avalanches[Avalanches.Length / 2];
}
