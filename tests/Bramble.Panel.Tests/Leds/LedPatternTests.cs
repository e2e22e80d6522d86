using Bramble.Panel.Leds;

namespace Bramble.Panel.Tests.Leds;

public sealed class LedPatternTests
{
    [Fact]
    public void Table_is_in_the_order_of_the_signals()
    {
        Assert.Equal(Enum.GetValues<LedSignal>(), LedPatterns.All.Select(p => p.Signal));
        Assert.Equal(LedPatterns.All.Count, LedPatterns.All.Select(p => p.Rhythm).Where(r => r != "lit").Distinct().Count() + 1);
    }

    [Fact]
    public void Changes_come_when_they_were_told()
    {
        foreach ((LedSignal signal, LedPattern pattern, _, _) in LedPatterns.All)
        {
            var at = TimeSpan.Zero;
            for (int i = 0; i < 40; i++)
            {
                bool lit = pattern.IsLit(at);
                TimeSpan left = pattern.UntilChange(at);
                if (left == Timeout.InfiniteTimeSpan)
                {
                    Assert.True(pattern.Spells.Count < 2);
                    break;
                }

                Assert.True(left > TimeSpan.Zero, $"{signal} stands still");
                Assert.Equal(lit, pattern.IsLit(at + left - TimeSpan.FromTicks(1)));
                Assert.NotEqual(lit, pattern.IsLit(at + left));
                at += left;
            }
        }
    }

    /// <summary>Signals of the state are told apart by one LED of any colour: by how many flashes there are and how long they are, not by speed alone.</summary>
    [Fact]
    public void Rhythms_cannot_be_mistaken_for_one_another()
    {
        var signals = LedPatterns.All.Where(p => p.Signal is not LedSignal.Off && p.Signal < LedSignal.HoldShort).ToList();
        foreach ((LedSignal a, LedPattern first, _, _) in signals)
        {
            foreach ((LedSignal b, LedPattern second, _, _) in signals.Where(s => s.Signal > a))
            {
                Assert.True(Agreement(first, second) < 0.9, $"{a} and {b} look alike: they agree {Agreement(first, second):P0} of the time");
                Assert.True(!SameShape(first, second), $"{a} and {b} differ by less than twice in speed");
            }
        }
    }

    [Fact]
    public void No_signal_flashes_at_the_rates_that_are_dangerous()
    {
        // Large bright areas flashing at 3 to 60 Hz can cause seizures; a status signal that stays for hours keeps below.
        foreach ((LedSignal signal, LedPattern pattern, _, _) in LedPatterns.All.Where(p => p.Signal < LedSignal.HoldShort && p.Signal != LedSignal.Off))
        {
            double flashes = pattern.Spells.Count / 2 / pattern.Period.TotalSeconds;
            Assert.True(flashes < 3, $"{signal} flashes {flashes:0.0} times a second");
        }
    }

    [Fact]
    public void Each_threshold_is_faster_than_the_one_before()
    {
        LedSignal[] holds = [LedSignal.HoldPairing, LedSignal.HoldShutdown, LedSignal.HoldCountdown, LedSignal.HoldReset];
        for (int i = 1; i < holds.Length; i++)
        {
            Assert.True(LedPatterns.Of(holds[i]).Period <= LedPatterns.Of(holds[i - 1]).Period / 1.9);
        }
    }

    private static double Agreement(LedPattern a, LedPattern b)
    {
        double best = 0;
        for (int phase = 0; phase < 4000; phase += 50)
        {
            int same = 0;
            for (int at = 0; at < 12000; at += 25)
            {
                same += a.IsLit(TimeSpan.FromMilliseconds(at)) == b.IsLit(TimeSpan.FromMilliseconds(at + phase)) ? 1 : 0;
            }

            best = Math.Max(best, same / 480.0);
        }

        return best;
    }

    private static bool SameShape(LedPattern a, LedPattern b)
    {
        if (a.Spells.Count != b.Spells.Count)
        {
            return false;
        }

        // Ratios of lit and dark that an eye cannot tell apart, at nearly the same speed.
        double speed = a.Period / b.Period;
        return speed is > 0.5 and < 2 && a.Spells.Zip(b.Spells).All(p => (double)p.First / p.Second is > 0.5 and < 2);
    }
}
