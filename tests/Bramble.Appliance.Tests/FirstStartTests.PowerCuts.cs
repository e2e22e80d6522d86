using System.Diagnostics;
using System.Globalization;
using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

// Cuts at random instants: of a start, and of a box that makes clients as fast as it can. BRAMBLE_POWER_CUTS says how many (2).
public sealed partial class FirstStartTests
{
    [Fact]
    public void After_power_cuts_it_serves_again_with_every_client_it_has_said_to_have()
    {
        int cuts = int.TryParse(Environment.GetEnvironmentVariable("BRAMBLE_POWER_CUTS"), NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) ? wanted : 2;
        int seed = Environment.TickCount;
        var random = new Random(seed);
        var said = new List<string>();
        var log = new List<string>();
        for (int cut = 0; cut < cuts; cut++)
        {
            string instant;
            if (cut % 2 == 0)
            {
                RunningProgram maker = Box.SshInBackground($"for i in $(seq 200); do bramble client add cut-{cut}-$i --board $(printf %02x%06x {cut + 1} $i) >/dev/null && echo cut-{cut}-$i.; done");
                maker.WaitForOutput($"cut-{cut}-1.", TimeSpan.FromMinutes(5));
                int wait = random.Next(12_000);
                Thread.Sleep(wait);
                Box.CutPower();
                maker.Dispose();
                said.AddRange(maker.Output.Split('\n').Where(static l => l.EndsWith('.')).Select(static l => l[..^1]));
                instant = $"while it made clients, {wait} ms after the first";
            }
            else
            {
                Box.CutPower();
                Box.SwitchOn();
                int wait = random.Next(90_000);
                Thread.Sleep(wait);
                Box.CutPower();
                instant = $"{wait} ms after it was switched on";
            }

            var clock = Stopwatch.StartNew();
            Box.SwitchOn();
            Box.WaitUntilServing();
            string status = Box.Ssh("bramble status --json");
            log.Add($"cut {cut + 1} {instant}: serves again after {clock.Elapsed.TotalSeconds:F0} s, {said.Count} clients");
            TestContext.Current.TestOutputHelper!.WriteLine(log[^1]);
            string[] missing = [.. said.Where(name => !status.Contains($"\"{name}\"", StringComparison.Ordinal))];
            Assert.True(missing.Length == 0, $"Seed {seed}. Missing: {string.Join(' ', missing)}\n{string.Join('\n', log)}");
            Assert.DoesNotContain("BR503", status, StringComparison.Ordinal);
            Assert.Equal("", Box.Ssh("systemctl --failed --no-legend --plain").Trim());
        }
    }
}
