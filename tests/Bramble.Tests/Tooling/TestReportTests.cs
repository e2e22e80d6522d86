using Bramble.TestReport;
using Xunit;

namespace Bramble.Tests.Tooling;

/// <summary>What <c>scripts/test</c> says of its runs.</summary>
public sealed class TestReportTests : IDisposable
{
    private const string Whole = """
        <assemblies>
          <assembly passed="2" failed="0" time="1.5">
            <collection><test name="A.One" result="Pass" time="0.25" /><test name="A.Two" result="Pass" time="1.25" /></collection>
          </assembly>
        </assemblies>
        """;

    private const string Failing = """
        <assemblies>
          <assembly passed="1" failed="1" time="1.5">
            <errors><error name="A.Fixture"><failure><message>no fixture</message></failure></error></errors>
            <collection>
              <test name="A.One" result="Pass" time="0.25" />
              <test name="A.Two" result="Fail" time="1.25"><failure><message><![CDATA[Expected: 1
        Actual: 2]]></message></failure></test>
            </collection>
          </assembly>
        </assemblies>
        """;

    private readonly string _results = Directory.CreateTempSubdirectory("bramble-report-").FullName;

    public void Dispose() => Directory.Delete(_results, recursive: true);

    [Fact]
    public void Runs_that_pass_are_a_line_each_with_their_share()
    {
        Put("unit", "A.Tests", "0 3.0 tests", Whole);
        Put("integration", "B.Tests", "0 9.0 tests", Whole);
        Put("demo", "scripts-demo", "0 12.0 command", null);
        (bool succeeded, string[] lines) = Write();
        Assert.True(succeeded);
        string unit = Assert.Single(lines, static l => l.StartsWith("unit ", StringComparison.Ordinal));
        Assert.Contains("2 passed, 0 failed", unit, StringComparison.Ordinal);
        Assert.EndsWith("3.0 s   13 %", unit, StringComparison.Ordinal);
        Assert.Contains("     1.3 s  A.Two", lines);
        Assert.Equal("5 passed, 0 failed", lines[^1]);
    }

    [Fact]
    public void A_failure_is_named_with_its_message()
    {
        Put("unit", "A.Tests", "1 3.0 tests", Failing);
        (bool succeeded, string[] lines) = Write();
        Assert.False(succeeded);
        int at = Array.IndexOf(lines, "FAILED: A.Two");
        Assert.Equal(["    Expected: 1", "    Actual: 2"], lines[(at + 1)..(at + 3)]);
        Assert.Contains("FAILED: A.Fixture", lines);
        Assert.Equal("1 passed, 2 failed", lines[^1]);
    }

    [Theory]
    [InlineData("0 1.0 tests", null)]
    [InlineData("134 1.0 tests", null)]
    [InlineData("124 1.0 tests", "<assemblies><assembly passed=\"5\"><collection><test na")]
    [InlineData("0 1.0 tests", "")]
    [InlineData("0 1.0 tests", "\0\u00ff no XML")]
    [InlineData("0 1.0 tests", "<assemblies />")]
    [InlineData("134 1.0 tests", Whole)]
    [InlineData("1 1.0 command", null)]
    public void A_run_without_a_good_end_and_a_complete_result_is_a_failure(string ended, string? xml)
    {
        Put("unit", "A.Tests", ended, xml);
        File.WriteAllText(Path.Combine(_results, "unit", "A.Tests", "output.log"), "first\n\nlast words\n");
        (bool succeeded, string[] lines) = Write();
        Assert.False(succeeded);
        Assert.Contains("FAILED: A.Tests", lines);
        Assert.Contains("    last words", lines);
        Assert.EndsWith(" passed, 1 failed", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_at_all_is_no_success()
    {
        Put("unit", "A.Tests", "0 1.0 tests", "<assemblies><assembly passed=\"0\" /></assemblies>");
        (bool succeeded, string[] lines) = Write();
        Assert.False(succeeded);
        Assert.Equal("0 passed, 0 failed", lines[^1]);
    }

    private void Put(string stage, string project, string ended, string? xml)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_results, stage, project)).FullName;
        File.WriteAllText(Path.Combine(folder, "ended"), ended + "\n");
        if (xml is not null)
        {
            File.WriteAllText(Path.Combine(folder, "result.xml"), xml);
        }
    }

    private (bool Succeeded, string[] Lines) Write()
    {
        var report = new Report(TestRun.ReadAll(_results, null));
        var text = new StringWriter();
        report.Write(text, isFinal: true);
        return (report.Succeeded, text.ToString().TrimEnd().Split('\n'));
    }
}
