using Bramble.Bus;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Bramble.Tests.Bus;

public class ActivityMeterTests
{
    [Fact]
    public void Idle_time_counts_from_the_end_of_the_last_work()
    {
        var clock = new FakeTimeProvider();
        var meter = new ActivityMeter(clock);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(10), meter.IdleFor);
        meter.Begin();
        meter.Begin();
        clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(TimeSpan.Zero, meter.IdleFor);
        meter.End();
        Assert.Equal(1, meter.Running);
        Assert.Equal(TimeSpan.Zero, meter.IdleFor);
        meter.End();
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(30), meter.IdleFor);
    }
}
