namespace Bramble.Tftp.Serving;

/// <summary>An object with a deadline in a <see cref="TimerWheel"/>.</summary>
internal abstract class WheelTimer
{
    /// <summary>When it is due, ticks. It may be moved later without telling the wheel.</summary>
    public long Deadline { get; set; }

    /// <summary>The deadline that the wheel knows of.</summary>
    internal long ScheduledFor { get; set; }

    internal int Slot { get; set; } = -1;

    internal WheelTimer? Previous { get; set; }

    internal WheelTimer? Next { get; set; }
}
