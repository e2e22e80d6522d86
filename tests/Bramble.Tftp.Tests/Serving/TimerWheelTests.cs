using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Tests.Serving;

public sealed class TimerWheelTests
{
    [Fact]
    public void Timers_fire_in_their_slot_and_never_early()
    {
        var random = new Random(3);
        var wheel = new TimerWheel(0);
        var waiting = new HashSet<Timer>();
        long now = 0;
        for (int turn = 0; turn < 20_000; turn++)
        {
            now += random.Next(0, 30) * TimeSpan.TicksPerMillisecond;
            while (wheel.TakeDue(now) is Timer due)
            {
                Assert.True(due.Deadline <= now, "early");
                Assert.True(waiting.Remove(due));
            }

            Assert.DoesNotContain(waiting, t => t.Deadline + (2 * TimerWheel.SlotTicks) <= now);
            if (random.Next(3) == 0)
            {
                var timer = new Timer { Deadline = now + random.NextInt64(20 * TimeSpan.TicksPerSecond) };
                waiting.Add(timer);
                wheel.Schedule(timer);
            }

            if (waiting.Count > 0 && random.Next(3) == 0)
            {
                Timer moved = waiting.ElementAt(random.Next(waiting.Count));
                moved.Deadline = now + random.NextInt64(10 * TimeSpan.TicksPerSecond);
                wheel.Schedule(moved);
            }

            if (waiting.Count > 50)
            {
                Timer removed = waiting.First();
                wheel.Remove(removed);
                waiting.Remove(removed);
            }
        }
    }

    [Fact]
    public void The_wait_is_until_the_next_timer()
    {
        var wheel = new TimerWheel(0);
        Assert.Equal(1000, wheel.MillisecondsToNext(0, 1000));
        var timer = new Timer { Deadline = 95 * TimeSpan.TicksPerMillisecond };
        wheel.Schedule(timer);
        Assert.Equal(100, wheel.MillisecondsToNext(0, 1000));
        Assert.Equal(40, wheel.MillisecondsToNext(60 * TimeSpan.TicksPerMillisecond, 1000));
        Assert.Null(wheel.TakeDue(94 * TimeSpan.TicksPerMillisecond));
        Assert.Same(timer, wheel.TakeDue(100 * TimeSpan.TicksPerMillisecond));
    }

    private sealed class Timer : WheelTimer;
}
