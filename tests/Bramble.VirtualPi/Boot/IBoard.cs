namespace Bramble.VirtualPi.Boot;

/// <summary>Something on the wire that lives on frames and time.</summary>
internal interface IBoard
{
    /// <summary>When it goes on without an input.</summary>
    TimeSpan Deadline { get; }

    /// <summary>True when it has come to its end.</summary>
    bool Ended { get; }

    /// <summary>Switches it on.</summary>
    void PowerOn();

    /// <summary>One frame from the wire.</summary>
    void Accept(ReadOnlySpan<byte> frame, TimeSpan now, bool checksumReady = true);

    /// <summary>Time has passed.</summary>
    void Tick(TimeSpan now);

    /// <summary>Ends it from outside.</summary>
    void GiveUp(string why);
}
