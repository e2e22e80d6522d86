namespace Bramble.VirtualPi.Replay;

/// <summary>Results of one step of a replay.</summary>
public enum ReplayVerdict
{
    /// <summary>As the transcript says.</summary>
    Ok,

    /// <summary>Not as the transcript says.</summary>
    Fail,

    /// <summary>Not replayed.</summary>
    Skip,
}
