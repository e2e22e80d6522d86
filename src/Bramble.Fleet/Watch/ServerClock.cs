using Bramble.Fleet.Faults;

namespace Bramble.Fleet.Watch;

/// <summary>Whether this server's clock can be right. Pure.</summary>
internal static class ServerClock
{
    // Files are written with clocks that were a little ahead.
    private static readonly TimeSpan s_slack = TimeSpan.FromHours(1);

    /// <summary>The fault of a clock that is before what was written down; null for none.</summary>
    /// <param name="now">The clock.</param>
    /// <param name="written">The latest time in this server's own files.</param>
    public static Fault? Judge(DateTimeOffset now, DateTimeOffset written) => now + s_slack >= written ? null : Fault.Of(
        FaultCode.ServerClock,
        $"The clock says {now:yyyy-MM-dd HH:mm} UTC; this server has written down {written:yyyy-MM-dd HH:mm} UTC before.",
        "The machine has no battery clock, and no time server was reached since it was started.",
        "Let this machine reach a time server ('timedatectl' tells whether it does), or set the time: timedatectl set-time.",
        now);
}
