using System.Globalization;

namespace Bramble.Benchmarks.Dhcp;

/// <summary>What became of a load.</summary>
/// <param name="Offered">Exchanges begun.</param>
/// <param name="Times">DISCOVER sent to ACK received of those that ended within a second, shortest first.</param>
/// <param name="Sending">How long it took to begin them.</param>
/// <param name="Cpu">Processor time of the generator.</param>
internal sealed record DhcpLoadResult(int Offered, TimeSpan[] Times, TimeSpan Sending, TimeSpan Cpu)
{
    public int Lost => Offered - Times.Length;

    /// <summary>Exchanges begun a second, really.</summary>
    public double Rate => Offered / Sending.TotalSeconds;

    public TimeSpan Quantile(double q) => Times.Length == 0 ? default : Times[Math.Min(Times.Length - 1, (int)(q * Times.Length))];

    /// <summary>One line for <see cref="Parse"/>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"load {Offered} {Lost} {Rate:F1} {Quantile(0.5).TotalMilliseconds:F3} {Quantile(0.99).TotalMilliseconds:F3} {Cpu.TotalSeconds / Sending.TotalSeconds:F3}");

    public static Summary Parse(string output)
    {
        string[] words = output.Split('\n').Single(line => line.StartsWith("load ", StringComparison.Ordinal)).Split(' ');
        double[] n = [.. words.Skip(1).Select(w => double.Parse(w, CultureInfo.InvariantCulture))];
        return new Summary((int)n[0], (int)n[1], n[2], n[3], n[4], n[5]);
    }

    /// <summary>The line, read again.</summary>
    /// <param name="Offered">Exchanges begun.</param>
    /// <param name="Lost">Exchanges without an ACK within a second.</param>
    /// <param name="Rate">Exchanges begun a second.</param>
    /// <param name="Median">Of DISCOVER to ACK, ms.</param>
    /// <param name="Worst">Its 99th percentile, ms.</param>
    /// <param name="Cpu">Part of one processor that the generator took.</param>
    internal sealed record Summary(int Offered, int Lost, double Rate, double Median, double Worst, double Cpu);
}
