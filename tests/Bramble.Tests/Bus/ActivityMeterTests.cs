using Bramble.Bus;
using Xunit;

namespace Bramble.Tests.Bus;

public class ActivityMeterTests
{
    [Fact]
    public void Idle_time_counts_from_the_end_of_the_last_work()
    {
        var clock = new Clock();
        var meter = new ActivityMeter(clock);
        clock.Seconds = 10;
        Assert.Equal(TimeSpan.FromSeconds(10), meter.IdleFor);
        meter.Begin();
        meter.Begin();
        clock.Seconds = 100;
        Assert.Equal(TimeSpan.Zero, meter.IdleFor);
        meter.End();
        Assert.Equal(1, meter.Running);
        Assert.Equal(TimeSpan.Zero, meter.IdleFor);
        meter.End();
        clock.Seconds = 130;
        Assert.Equal(TimeSpan.FromSeconds(30), meter.IdleFor);
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
