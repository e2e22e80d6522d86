using System.Globalization;

namespace Bramble.Benchmarks.Tftp;

/// <summary>One server under one load.</summary>
internal sealed record TftpRow(string Server, TftpLoadCase Load, TftpLoadResult Result, TimeSpan Cpu, double PeakMegabytes)
{
    public const string Header = "server     clients blksize window  MB    MB/s  p50 ms  p99 ms  CPU s/GB  peak MB  resent unfinished  generator s/GB and share";

    /// <summary>Rate, of 1,000,000 bytes.</summary>
    public double MegabytesPerSecond => Result.Bytes / 1e6 / Result.Elapsed.TotalSeconds;

    /// <summary>Processor seconds of the server for 1,000,000,000 bytes.</summary>
    public double CpuPerGigabyte => Cpu.TotalSeconds / Gigabytes;

    private double Gigabytes => Result.Bytes / 1e9;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Server,-10} {Load.Clients,7} {Load.BlockSize,7} {Load.WindowSize,6} {Load.Megabytes,3} {MegabytesPerSecond,7:F1} {Quantile(0.5),7:F0} {Quantile(0.99),7:F0} {CpuPerGigabyte,9:F2} {PeakMegabytes,8:F1} {Result.Resent,7} {Result.Unfinished,10} {Result.GeneratorCpu.TotalSeconds / Gigabytes,9:F2} {100 * (Result.GeneratorCpu / Result.Elapsed),6:F0} %");

    private double Quantile(double q)
    {
        TimeSpan[] times = [.. Result.Times.Order()];
        return times.Length == 0 ? 0 : times[(int)((times.Length - 1) * q)].TotalMilliseconds;
    }
}
