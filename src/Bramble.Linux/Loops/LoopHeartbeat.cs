using Bramble.Linux.Native;

namespace Bramble.Linux.Loops;

/// <summary>
/// The pulse of one packet loop. The loop calls <see cref="Beat"/> once a turn, also when it is idle (a turn waits at
/// most a second); the service watchdog is fed only while every pulse is fresh, so a loop that hangs gets the process restarted.
/// </summary>
/// <param name="name">The loop's name, as in its thread's name and in logs.</param>
/// <param name="time">The clock.</param>
public sealed class LoopHeartbeat(string name, TimeProvider time)
{
    private long _lastBeat = time.GetTimestamp();

    /// <summary>The loop's name.</summary>
    public string Name { get; } = name;

    /// <summary>Time since the last turn of the loop.</summary>
    public TimeSpan Age => time.GetElapsedTime(Volatile.Read(ref _lastBeat));

    /// <summary>Marks one turn of the loop. Safe from any thread; allocates nothing.</summary>
    public void Beat() => Volatile.Write(ref _lastBeat, time.GetTimestamp());

    /// <summary>Gives the calling thread the loop's name for the kernel, so that <c>top -H</c> and <c>/proc/PID/task/TID/comm</c> show it; the runtime of a Native AOT program does not.</summary>
    public void NameThread() => _ = Libc.Prctl(Libc.PrctlSetName, Name, 0, 0, 0);
}
