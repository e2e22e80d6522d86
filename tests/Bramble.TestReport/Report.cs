using System.Globalization;

namespace Bramble.TestReport;

/// <summary>The runs as a table, the slowest tests, the failures, and the sum.</summary>
internal sealed class Report(IReadOnlyList<TestRun> runs)
{
    private const int SlowestShown = 10;
    private const int MessageLines = 12;
    private const int MessageWidth = 400;

    private int Passed => runs.Sum(static r => r.Passed);

    private int Failed => runs.Sum(static r => r.Failures.Count);

    /// <summary>True if something passed and nothing failed.</summary>
    public bool Succeeded => Passed > 0 && Failed == 0;

    /// <summary>Writes the table, and with <paramref name="isFinal"/> what comes after it, up to "N passed, N failed".</summary>
    public void Write(TextWriter to, bool isFinal)
    {
        // A project without a test of this stage's kind is left out.
        TestRun[] shown = [.. runs.Where(static r => r.Passed + r.Failures.Count > 0)];
        double total = Math.Max(shown.Sum(static r => r.Seconds), 0.001);
        foreach (TestRun run in shown)
        {
            to.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{run.Stage,-12} {run.Project,-28} {run.Passed,5} passed, {run.Failures.Count} failed {run.Seconds,8:0.0} s "
                + $"{run.Seconds / total,6:0 %}"));
        }

        if (!isFinal)
        {
            return;
        }

        to.WriteLine("Slowest tests:");
        IEnumerable<(string Name, double Seconds)> slowest = runs.SelectMany(static r => r.Times).OrderByDescending(static t => t.Seconds);
        foreach ((string name, double seconds) in slowest.Take(SlowestShown))
        {
            to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds,8:0.0} s  {Cut(name)}"));
        }

        foreach (FailedTest failure in runs.SelectMany(static r => r.Failures))
        {
            to.WriteLine($"FAILED: {failure.Name}");
            foreach (string line in failure.Message.Split('\n').Take(MessageLines))
            {
                to.WriteLine("    " + Cut(line));
            }
        }

        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Passed} passed, {Failed} failed"));
    }

    private static string Cut(string text) => text.Length <= MessageWidth ? text : text[..MessageWidth] + "…";
}
