using Bramble.VirtualPi.Boot;

namespace Bramble.VirtualPi.Storm;

/// <summary>One board of a storm and how it fares.</summary>
internal sealed class StormBoard
{
    private readonly PiBoot _boot;

    public StormBoard(PiBootSettings settings, Action<byte[]> send) => _boot = new PiBoot(settings, send, Note);

    /// <summary>True once it loaded everything or stood still.</summary>
    public bool Ended => _boot.Ended;

    /// <summary>When it goes on without an input.</summary>
    public TimeSpan Deadline => _boot.Deadline;

    /// <summary>Time from power-on to its end.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>Time from power-on to its address.</summary>
    public TimeSpan Bound { get; private set; }

    /// <summary>Why it stood still; null if it did not.</summary>
    public string? Fault => _boot.Fault is { } fault ? $"{fault.Code}: {fault.Message}" : null;

    /// <summary>Octets of the files that it loaded.</summary>
    public long Bytes { get; private set; }

    /// <summary>Packets that it had to send again.</summary>
    public int Repeats { get; private set; }

    public void PowerOn() => _boot.PowerOn();

    public void Accept(ReadOnlySpan<byte> frame, TimeSpan now, bool checksumReady) => _boot.Accept(frame, now, checksumReady);

    public void Tick(TimeSpan now) => _boot.Tick(now);

    public void GiveUp(string why) => _boot.GiveUp(why);

    private void Note(StageEvent stage)
    {
        Time = stage.At;
        if (stage.Stage == BootStage.Bound)
        {
            Bound = stage.At;
        }
        else if (stage.Stage == BootStage.File)
        {
            Bytes += Convert.ToInt64(stage["bytes"]);
            Repeats += Convert.ToInt32(stage["repeats"]);
        }
    }
}
