using System.Diagnostics;
using Bramble.Panel.Leds;

namespace Bramble.Panel.Tests.Leds;

/// <summary>What is printed and what is compiled says the same as the program.</summary>
public sealed class LedDocumentTests
{
    [Fact]
    public void Page_lists_every_rhythm_in_order()
    {
        string page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "panel.md"));
        int at = 0;
        foreach ((LedSignal signal, _, string rhythm, string meaning) in LedPatterns.All)
        {
            int found = page.IndexOf($"| {rhythm} | {meaning} |", at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"docs/reference/panel.md lacks this row, or has it elsewhere: | {rhythm} | {meaning} |  ({signal})");
            at = found;
        }
    }

    [Fact]
    public void Card_is_the_one_that_the_program_makes()
    {
        Assert.True(
            LedCard.Svg() == File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "panel-card.svg")),
            "docs/images/panel-card.svg is out of date: run scripts/panel-card");
    }

    [Fact]
    [Trait("kind", "integration")]
    public void Overlay_compiles_without_a_warning()
    {
        string overlay = Path.Combine(AppContext.BaseDirectory, "devicetree", "bramble-panel-overlay.dts");
        using var dtc = Process.Start(new ProcessStartInfo("dtc", ["-@", "-I", "dts", "-O", "dtb", "-o", "/dev/null", overlay]) { RedirectStandardError = true, UseShellExecute = false })!;
        string said = dtc.StandardError.ReadToEnd();
        dtc.WaitForExit();
        Assert.Equal((0, ""), (dtc.ExitCode, said));
    }
}
