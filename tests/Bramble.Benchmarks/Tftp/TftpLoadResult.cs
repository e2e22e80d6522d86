namespace Bramble.Benchmarks.Tftp;

/// <summary>What a load measured.</summary>
internal sealed record TftpLoadResult(TimeSpan Elapsed, TimeSpan[] Times, long Bytes, int Resent, int Unfinished, TimeSpan GeneratorCpu)
{
    public double MegabytesPerSecond => Bytes / 1e6 / Elapsed.TotalSeconds;

    public TimeSpan Quantile(double q) => Times.Length == 0 ? TimeSpan.Zero : Times[(int)((Times.Length - 1) * q)];
}
