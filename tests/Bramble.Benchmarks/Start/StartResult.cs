namespace Bramble.Benchmarks.Start;

/// <summary>What was measured of one server.</summary>
/// <param name="Name">The server.</param>
/// <param name="Times">Of each start, shortest first.</param>
/// <param name="Started">Memory two seconds after the start.</param>
/// <param name="Booted">Memory of the same process after the boots.</param>
/// <param name="Boot">Mean time of a boot.</param>
/// <param name="Helpers">Other processes that run for it at the end.</param>
internal sealed record StartResult(
    string Name, TimeSpan[] Times, Memory Started, Memory Booted, TimeSpan Boot, IReadOnlyList<(string Name, Memory Memory)> Helpers)
{
    /// <summary>Median of the times, milliseconds.</summary>
    public double Median => (Times[(Times.Length - 1) / 2] + Times[Times.Length / 2]).TotalMilliseconds / 2;
}
