using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Bramble.TestReport;

/// <summary>
/// One test project's run in one stage: <c>RESULTS/STAGE/PROJECT</c>, with the files <c>ended</c>, <c>result.xml</c> and <c>output.log</c>.
/// </summary>
/// <remarks>
/// <c>ended</c> holds the exit status, the seconds, and "tests" or "command". A command has no result.xml and counts as one test. A run
/// without a complete result, or whose status does not fit its result, is a failure: a crash or a timeout is never counted as a success.
/// </remarks>
internal sealed record TestRun(string Stage, string Project)
{
    /// <summary>Tests that passed.</summary>
    public int Passed { get; init; }

    /// <summary>Tests that failed.</summary>
    public IReadOnlyList<FailedTest> Failures { get; init; } = [];

    /// <summary>From start to end.</summary>
    public double Seconds { get; init; }

    /// <summary>Each test's name and seconds.</summary>
    public IReadOnlyList<(string Name, double Seconds)> Times { get; init; } = [];

    /// <summary>All runs in a results folder, in the order of their ends.</summary>
    public static IReadOnlyList<TestRun> ReadAll(string results, string? stage) =>
        [.. Directory.EnumerateFiles(results, "ended", SearchOption.AllDirectories)
            .OrderBy(File.GetLastWriteTimeUtc)
            .Select(static ended => Path.GetDirectoryName(ended)!)
            .Where(folder => stage is null || Path.GetFileName(Path.GetDirectoryName(folder)) == stage)
            .Select(Read)];

    /// <summary>Reads one run.</summary>
    public static TestRun Read(string folder)
    {
        string[] ended = File.ReadAllText(Path.Combine(folder, "ended")).Trim().Split(' ');
        int status = int.Parse(ended[0], CultureInfo.InvariantCulture);
        var run = new TestRun(Path.GetFileName(Path.GetDirectoryName(folder)!), Path.GetFileName(folder))
        {
            Seconds = double.Parse(ended[1], CultureInfo.InvariantCulture),
        };
        if (ended[2] == "command")
        {
            return status == 0
                ? run with { Passed = 1 }
                : run with { Failures = [new FailedTest(run.Project, EndOf(folder, status))] };
        }

        XElement? assembly = TryReadAssembly(Path.Combine(folder, "result.xml"));
        if (assembly is null)
        {
            return run with { Failures = [new FailedTest(run.Project, "no complete result; " + EndOf(folder, status))] };
        }

        XElement[] tests = [.. assembly.Descendants("test")];
        List<FailedTest> failures =
        [
            .. tests.Where(static t => (string?)t.Attribute("result") == "Fail")
                .Select(static t => new FailedTest(NameOf(t), MessageOf(t))),
            // What went wrong outside of a test: a constructor of a fixture, a crash.
            .. assembly.Descendants("error").Select(e => new FailedTest((string?)e.Attribute("name") ?? run.Project, MessageOf(e))),
        ];
        if (status != 0 && failures.Count == 0)
        {
            failures.Add(new FailedTest(run.Project, EndOf(folder, status)));
        }

        return run with
        {
            Passed = tests.Count(static t => (string?)t.Attribute("result") == "Pass"),
            Failures = failures,
            Times = [.. tests.Select(static t => (NameOf(t), SecondsOf(t)))],
        };
    }

    private static XElement? TryReadAssembly(string file)
    {
        try
        {
            return XDocument.Load(file).Root?.Element("assembly");
        }
        catch (Exception e) when (e is XmlException or IOException)
        {
            // Cut off, or never written.
            return null;
        }
    }

    private static string NameOf(XElement test) => (string?)test.Attribute("name") ?? "?";

    private static double SecondsOf(XElement test) =>
        double.TryParse((string?)test.Attribute("time"), CultureInfo.InvariantCulture, out double seconds) ? seconds : 0;

    private static string MessageOf(XElement test) => (string?)test.Element("failure")?.Element("message") ?? "no message";

    private static string EndOf(string folder, int status)
    {
        string log = Path.Combine(folder, "output.log");
        string[] lines = File.Exists(log) ? [.. File.ReadLines(log).Where(static l => !string.IsNullOrWhiteSpace(l)).TakeLast(10)] : [];
        string why = status is 124 or 137 ? $"took too long and was ended (status {status})" : $"ended with status {status}";
        return string.Join('\n', [why + "; the end of its output:", .. lines]);
    }
}
