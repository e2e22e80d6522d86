using System.Globalization;

namespace Bramble.Benchmarks.Dhcp;

/// <summary>What perfdhcp says of itself and of the server.</summary>
/// <param name="Sent">DISCOVERs sent.</param>
/// <param name="Lost">Exchanges without an ACK.</param>
/// <param name="Rate">Exchanges begun a second, really.</param>
/// <param name="Mean">Mean of DISCOVER to OFFER and of REQUEST to ACK, added, ms.</param>
/// <param name="Elapsed">Of an avalanche: until the last client had its address.</param>
/// <param name="Resent">Of an avalanche: messages sent again.</param>
/// <param name="Cpu">Its processor time.</param>
internal sealed record PerfdhcpResult(int Sent, int Lost, double Rate, double Mean, TimeSpan Elapsed, int Resent, TimeSpan Cpu)
{
    public static PerfdhcpResult OfRate(string output, int seconds)
    {
        double[] sent = Numbers(output, "sent packets: ");
        double[] received = Numbers(output, "received packets: ");

        // Its own "Rate" counts the time that it waits at the end.
        return new PerfdhcpResult(
            (int)sent[0], (int)(sent[0] - received[1]), sent[0] / seconds, Numbers(output, "avg delay: ").Sum(), default, 0, CpuOf(output));
    }

    public static PerfdhcpResult OfAvalanche(string output) => new(
        (int)Numbers(output, "sent packets: ")[0],
        0,
        0,
        0,
        TimeSpan.Parse(Words(output, "It took ").Single(), CultureInfo.InvariantCulture),
        (int)Numbers(output, "Requests resent: ")[0],
        CpuOf(output));

    // A mean of nothing is "n/a".
    private static double[] Numbers(string output, string label) =>
        [.. Words(output, label).Select(w => double.TryParse(w, CultureInfo.InvariantCulture, out double n) ? n : 0)];

    // The word behind the label of each line that begins with it.
    private static IEnumerable<string> Words(string output, string label) =>
        output.Split('\n').Where(line => line.StartsWith(label, StringComparison.Ordinal)).Select(line => line[label.Length..].Split(' ')[0]);

    // The last line, of times(1p): user and system time of the shell's children, as 0m1.02s 0m0.98s.
    private static TimeSpan CpuOf(string output) => output.TrimEnd().Split('\n')[^1].Split(' ').Select(time => time.TrimEnd('s').Split('m'))
        .Aggregate(TimeSpan.Zero, (sum, t) => sum + TimeSpan.FromSeconds((60 * double.Parse(t[0], CultureInfo.InvariantCulture)) + double.Parse(t[1], CultureInfo.InvariantCulture)));
}
