using System.Diagnostics;
using System.Globalization;
using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>Cuts at random instants: of a box that adds clients as fast as it can, and of a start.</summary>
[Trait("kind", "vm")]
public sealed class PowerCutTests(RunningBox first) : IClassFixture<RunningBox>
{
    [Fact]
    public void After_power_cuts_it_serves_again_with_every_client_it_has_confirmed() => Run(first.Box, cuts: 2);

    /// <summary>Cuts the power, an even number of times of either kind.</summary>
    internal static void Run(Box box, int cuts)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        var confirmed = new List<string>();
        var log = new List<string>();
        for (int cut = 0; cut < cuts; cut++)
        {
            string instant;
            if (cut % 2 == 0)
            {
                string add = $"bramble client add cut-{cut}-$i --board $(printf %02x%06x {cut + 1} $i) >/dev/null";
                RunningProgram maker = box.SshInBackground($"for i in $(seq 200); do {add} && echo cut-{cut}-$i.; done");
                maker.WaitForOutput($"cut-{cut}-1.", TimeSpan.FromMinutes(5));
                int wait = random.Next(12_000);
                Thread.Sleep(wait);
                box.CutPower();
                maker.Dispose();
                confirmed.AddRange(maker.Output.Split('\n').Where(static l => l.EndsWith('.')).Select(static l => l[..^1]));
                instant = $"while it added clients, {wait} ms after the first";
            }
            else
            {
                box.CutPower();
                box.SwitchOn();
                int wait = random.Next(90_000);
                Thread.Sleep(wait);
                box.CutPower();
                instant = $"{wait} ms after it was switched on";
            }

            var clock = Stopwatch.StartNew();
            box.SwitchOn();
            box.WaitUntilServing();
            string status = box.Ssh("bramble status --json");
            log.Add($"cut {cut + 1} {instant}: serves again after {clock.Elapsed.TotalSeconds:F0} s, {confirmed.Count} clients");
            TestContext.Current.TestOutputHelper!.WriteLine(log[^1]);
            string[] missing = [.. confirmed.Where(name => !status.Contains($"\"{name}\"", StringComparison.Ordinal))];
            Assert.True(missing.Length == 0, $"Seed {seed}. Missing: {string.Join(' ', missing)}\n{string.Join('\n', log)}");
            Assert.DoesNotContain("BR503", status, StringComparison.Ordinal);
            Assert.Equal("", box.Ssh("systemctl --failed --no-legend --plain").Trim());
        }
    }
}

/// <summary>The same, dozens of times. BRAMBLE_POWER_CUTS is the number of cuts (20).</summary>
[Trait("kind", "long")]
public sealed class PowerCutCampaign(RunningBox first) : IClassFixture<RunningBox>
{
    [Fact]
    public void After_many_power_cuts_it_serves_again_with_every_client_it_has_confirmed()
    {
        string? cuts = Environment.GetEnvironmentVariable("BRAMBLE_POWER_CUTS");
        PowerCutTests.Run(first.Box, cuts is null ? 20 : int.Parse(cuts, CultureInfo.InvariantCulture));
    }
}
