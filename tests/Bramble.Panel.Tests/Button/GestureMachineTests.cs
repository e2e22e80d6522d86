using Bramble.Panel.Button;
using FsCheck;
using FsCheck.Fluent;

namespace Bramble.Panel.Tests.Button;

public sealed class GestureMachineTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(400);

    [Theory]
    [InlineData(0.05, Gesture.Short)]
    [InlineData(0.98, Gesture.Short)]
    [InlineData(1.02, Gesture.Long)]
    [InlineData(4.98, Gesture.Long)]
    [InlineData(5.02, Gesture.Shutdown)]
    [InlineData(11.98, Gesture.Shutdown)]
    [InlineData(12.02, Gesture.ResetAborted)]
    [InlineData(21.98, Gesture.ResetAborted)]
    [InlineData(22.02, Gesture.FactoryReset)]
    [InlineData(31.98, Gesture.FactoryReset)]
    [InlineData(32.02, Gesture.None)]
    [InlineData(86400, Gesture.None)]
    public void Length_of_a_press_says_what_it_is(double seconds, Gesture gesture)
    {
        var line = new Line();
        line.Press(TimeSpan.FromSeconds(1));
        line.Release(TimeSpan.FromSeconds(1 + seconds));
        Assert.Empty(line.Gestures);
        line.Wait(TimeSpan.FromSeconds(2 + seconds));
        Assert.Equal(gesture == Gesture.None ? [] : [gesture], line.Gestures);
    }

    [Fact]
    public void Stages_follow_one_another_while_it_is_held()
    {
        var line = new Line();
        line.Press(TimeSpan.FromSeconds(1));
        var seen = new List<(HoldStage, double)> { (line.Machine.Stage, 0) };
        for (double second = 1; second < 40; second += 0.01)
        {
            line.Wait(TimeSpan.FromSeconds(second));
            if (line.Machine.Stage != seen[^1].Item1)
            {
                seen.Add((line.Machine.Stage, Math.Round(second - 1, 1)));
            }
        }

        Assert.Equal(
            [(HoldStage.None, 0), (HoldStage.Short, 0), (HoldStage.Pairing, 1), (HoldStage.Shutdown, 5), (HoldStage.Countdown, 12), (HoldStage.Reset, 22), (HoldStage.TooLong, 32)],
            seen);
        Assert.Empty(line.Gestures);
    }

    [Fact]
    public void A_button_that_bounces_is_pressed_once()
    {
        var line = new Line();
        foreach (int at in (int[])[1000, 1001, 1003, 1004, 1009, 1200, 1201, 1202, 1206, 1207])
        {
            line.Edge(line.IsDown = !line.IsDown, TimeSpan.FromMilliseconds(at));
        }

        line.Edge(false, TimeSpan.FromMilliseconds(1208));
        line.Wait(TimeSpan.FromSeconds(3));
        Assert.Equal([Gesture.Short], line.Gestures);
    }

    [Fact]
    public void A_line_that_is_held_from_the_start_does_nothing_until_it_was_let_go()
    {
        var machine = new GestureMachine(TimeSpan.Zero, down: true);
        Assert.Equal(Gesture.None, machine.Tick(TimeSpan.FromSeconds(7)));
        Assert.Equal(HoldStage.None, machine.Stage);
        machine.Edge(false, TimeSpan.FromSeconds(8));
        Assert.Equal(Gesture.None, machine.Tick(TimeSpan.FromSeconds(9)));
        machine.Edge(true, TimeSpan.FromSeconds(10));
        machine.Edge(false, TimeSpan.FromSeconds(10.3));
        Assert.Equal(Gesture.Short, machine.Tick(TimeSpan.FromSeconds(11)));
    }

    [Fact]
    public void A_cancelled_press_does_nothing()
    {
        var line = new Line();
        line.Press(TimeSpan.FromSeconds(1));
        line.Wait(TimeSpan.FromSeconds(7));
        line.Machine.Cancel();
        line.Release(TimeSpan.FromSeconds(8));
        line.Wait(TimeSpan.FromSeconds(9));
        Assert.Empty(line.Gestures);
    }

    /// <summary>However a line moves, what is done is what a slow reading of its spells says: those too short are left out, the rest timed from edge to edge.</summary>
    [Fact]
    public void Gestures_are_those_of_the_presses_whatever_the_timing()
    {
        Prop.ForAll(Edges().ToArbitrary(), moves =>
        {
            var line = new Line();
            TimeSpan now = TimeSpan.FromSeconds(1);
            foreach ((bool down, int milliseconds) in moves)
            {
                line.Edge(down, now);
                now += TimeSpan.FromMilliseconds(milliseconds);
                line.Wait(now);
            }

            Assert.Equal(Expected(moves), line.Gestures);
        }).Check(s_config);
    }

    [Fact]
    public void A_line_that_ends_pressed_does_nothing_for_ever_after()
    {
        Prop.ForAll(Edges().ToArbitrary(), moves =>
        {
            var line = new Line();
            TimeSpan now = TimeSpan.FromSeconds(1);
            foreach ((bool down, int milliseconds) in moves)
            {
                line.Edge(down, now);
                now += TimeSpan.FromMilliseconds(milliseconds);
                line.Wait(now);
            }

            line.Edge(true, now);
            line.Wait(now + GestureTimes.Debounce);
            int before = line.Gestures.Count;
            for (int minute = 1; minute < 600; minute += 7)
            {
                line.Wait(now + TimeSpan.FromMinutes(minute));
            }

            line.Edge(false, now + TimeSpan.FromHours(11));
            line.Wait(now + TimeSpan.FromHours(12));
            Assert.Equal(before, line.Gestures.Count);
        }).Check(s_config);
    }

    /// <summary>A loose contact, a wire beside a motor: edges at random, many a second.</summary>
    [Fact]
    public void A_chattering_line_never_shuts_down_nor_pairs()
    {
        Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new System.Random(seed);
            int rate = random.Next(60, 400);
            var line = new Line();
            double now = 1;
            bool down = false;
            while (now < 30)
            {
                line.Edge(down = !down, TimeSpan.FromSeconds(now));
                // Exponential gaps, cut so that there is chatter in each second.
                now += Math.Min(0.2, -Math.Log(1 - random.NextDouble()) / rate);
                line.Wait(TimeSpan.FromSeconds(now));
            }

            Assert.DoesNotContain(line.Gestures, g => g != Gesture.Short);
            Assert.True(line.Gestures.Count <= 12, $"{line.Gestures.Count} presses were believed before it was noticed");
            Assert.True(line.Machine.IsChattering);
            line.Edge(false, TimeSpan.FromSeconds(now));
            line.Wait(TimeSpan.FromSeconds(now + 3));
            Assert.False(line.Machine.IsChattering);
            int before = line.Gestures.Count;
            line.Press(TimeSpan.FromSeconds(now + 4));
            line.Release(TimeSpan.FromSeconds(now + 4.2));
            line.Wait(TimeSpan.FromSeconds(now + 5));
            Assert.Equal(before + 1, line.Gestures.Count);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Fact]
    public void Slow_ticks_do_not_change_what_a_press_is()
    {
        Prop.ForAll(Gen.Choose(30, 40000).ToArbitrary(), Gen.Choose(1, 5000).ToArbitrary(), (held, late) =>
        {
            // The thread was late: it hears of the release, and then nothing for a while.
            var line = new Line();
            line.Edge(true, TimeSpan.FromSeconds(1));
            line.Edge(false, TimeSpan.FromMilliseconds(1000 + held));
            line.Wait(TimeSpan.FromMilliseconds(1000 + held + 25 + late));
            var exact = new Line();
            exact.Press(TimeSpan.FromSeconds(1));
            exact.Release(TimeSpan.FromMilliseconds(1000 + held));
            exact.Wait(TimeSpan.FromMilliseconds(1000 + held + 25));
            Assert.Equal(exact.Gestures, line.Gestures);
        }).Check(s_config);
    }

    [Fact]
    public void The_machine_says_when_it_wants_to_be_called()
    {
        var machine = new GestureMachine(TimeSpan.Zero);
        Assert.Equal(Timeout.InfiniteTimeSpan, machine.UntilChange());
        machine.Edge(true, TimeSpan.FromSeconds(1));
        TimeSpan now = TimeSpan.FromSeconds(1);
        var stages = new List<HoldStage>();
        while (machine.UntilChange() is var wait && wait != Timeout.InfiniteTimeSpan)
        {
            now += wait;
            machine.Tick(now);
            stages.Add(machine.Stage);
        }

        Assert.Equal([HoldStage.Short, HoldStage.Pairing, HoldStage.Shutdown, HoldStage.Countdown, HoldStage.Reset, HoldStage.TooLong], stages);
    }

    private static List<Gesture> Expected((bool Down, int Milliseconds)[] moves)
    {
        var spells = new List<(bool Down, int Start, int Length)>();
        int now = 0;
        foreach ((bool down, int milliseconds) in moves)
        {
            if (spells.Count > 0 && spells[^1].Down == down)
            {
                spells[^1] = spells[^1] with { Length = spells[^1].Length + milliseconds };
            }
            else
            {
                spells.Add((down, now, milliseconds));
            }

            now += milliseconds;
        }

        var gestures = new List<Gesture>();
        (bool pressed, int since) = (false, 0);
        foreach ((bool down, int start, _) in spells.Where(s => s.Length >= 25 && (s.Down || s.Start > 0)))
        {
            if (down == pressed)
            {
                continue;
            }

            (Gesture gesture, int held) = (Gesture.None, start - since);
            if (!down)
            {
                gesture = held < 1000 ? Gesture.Short : held < 5000 ? Gesture.Long : held < 12000 ? Gesture.Shutdown
                    : held < 22000 ? Gesture.ResetAborted : held < 32000 ? Gesture.FactoryReset : Gesture.None;
            }

            if (gesture != Gesture.None)
            {
                gestures.Add(gesture);
            }

            (pressed, since) = (down, start);
        }

        return gestures;
    }

    private static Gen<(bool Down, int Milliseconds)[]> Edges()
    {
        Gen<int> spell = Gen.OneOf(Gen.Choose(0, 30), Gen.Choose(20, 1200), Gen.Choose(900, 6000), Gen.Choose(4000, 40000));
        return Gen.ArrayOf(Gen.Elements(true, false).SelectMany(down => spell.Select(ms => (down, ms))), 24);
    }

    private sealed class Line
    {
        private TimeSpan _now;

        public GestureMachine Machine { get; } = new(TimeSpan.Zero);

        public List<Gesture> Gestures { get; } = [];

        public bool IsDown { get; set; }

        public void Press(TimeSpan at) => Edge(true, at);

        public void Release(TimeSpan at) => Edge(false, at);

        public void Edge(bool down, TimeSpan at)
        {
            Note(Machine.Edge(down, at));
            _now = at;
        }

        public void Wait(TimeSpan until)
        {
            while (Machine.UntilChange() is var wait && wait != Timeout.InfiniteTimeSpan && _now + wait <= until)
            {
                _now += wait;
                Note(Machine.Tick(_now));
            }

            _now = until;
            Note(Machine.Tick(until));
        }

        private void Note(Gesture gesture)
        {
            if (gesture != Gesture.None)
            {
                Gestures.Add(gesture);
            }
        }
    }
}
