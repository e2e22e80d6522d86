using System.Globalization;
using Bramble.Fleet.Faults;

namespace Bramble.Fleet.Tests.Faults;

public class FaultCatalogueTests
{
    private static string[] Codes => [.. typeof(FaultCode).GetFields().Select(static f => (string)f.GetRawConstantValue()!)];

    [Fact]
    public void Every_code_is_described_once() =>
        Assert.Equal(Codes.Order(StringComparer.Ordinal), FaultCatalogue.All.Select(static e => e.Code));

    [Fact]
    public void Every_description_says_what_was_seen_why_and_what_to_do()
    {
        foreach (FaultEntry entry in FaultCatalogue.All)
        {
            Assert.All([entry.Title, entry.Seen, entry.Over], Assert.NotEmpty);
            Assert.NotEmpty(entry.Causes);
            Assert.NotEmpty(entry.Fixes);
            Assert.DoesNotContain('.', entry.Title.Replace("config.txt", "", StringComparison.Ordinal));
            Assert.All([entry.Seen, .. entry.Causes, entry.Over], static line => Assert.EndsWith(".", line, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("BR101", "BR101")]
    [InlineData("br101", "BR101")]
    [InlineData("BR999", null)]
    [InlineData("", null)]
    public void A_code_is_found_in_either_case(string asked, string? code) => Assert.Equal(code, FaultCatalogue.Find(asked)?.Code);

    /// <summary>Codes of one group are all the box's or none is: a new one needs no list.</summary>
    [Fact]
    public void The_group_of_the_code_tells_whose_a_fault_is()
    {
        Assert.All(Codes, static code => Assert.Equal(code[2] is '4' or '5' or '6' ? "this box" : "network", FaultCatalogue.PlaceOf(code)));
        Assert.Equal(
            ["network", "network", "this box", "this box", "this box"],
            new[] { FaultCode.SecondServer, FaultCode.SpanningTree, FaultCode.ServerClock, FaultCode.NoLink, FaultCode.DataDiskFull }.Select(FaultCatalogue.PlaceOf));
        Assert.Equal("network", FaultCatalogue.PlaceOf(""));
    }

    [Fact]
    public void Every_failure_mode_of_the_reference_is_judged()
    {
        string reference = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "pi-network-boot.md"));
        string section = reference[reference.IndexOf("\n## Failure modes", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", 10, StringComparison.Ordinal)];
        int[] rows = [.. section.Split('\n').Select(static line => line.Split('|')).Where(static cells => cells.Length > 2 && int.TryParse(cells[1], CultureInfo.InvariantCulture, out _))
            .Select(static cells => int.Parse(cells[1], CultureInfo.InvariantCulture))];
        Assert.Equal(47, rows.Length);
        Assert.Equal(rows, FailureModes.All.Select(static m => m.Row));
        Assert.All(FailureModes.All, static m => Assert.All(m.Codes, static c => Assert.NotNull(FaultCatalogue.Find(c))));
        Assert.All(FailureModes.All.Where(static m => m.Verdict == FailureVerdict.Told), static m => Assert.NotEmpty(m.Codes));
    }

    [Fact]
    public void The_pages_are_those_of_the_catalogue()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "faults");
        foreach (FaultEntry entry in FaultCatalogue.All)
        {
            Assert.Equal(FaultPages.Page(entry), File.ReadAllText(Path.Combine(folder, entry.Code + ".md")));
        }

        Assert.Equal(FaultPages.Index(), File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "faults.md")));
    }
}
