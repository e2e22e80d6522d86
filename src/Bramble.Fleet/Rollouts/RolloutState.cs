namespace Bramble.Fleet.Rollouts;

/// <summary>How far a rollout is.</summary>
public enum RolloutState
{
    /// <summary>It goes on.</summary>
    Running,

    /// <summary>Something failed, and clients get back what they had.</summary>
    RollingBack,

    /// <summary>All its clients came up with the new image.</summary>
    Done,

    /// <summary>A person stopped it; what was done stays.</summary>
    Stopped,

    /// <summary>All its clients have what they had.</summary>
    RolledBack,

    /// <summary>A client could not be given back what it had; a person must look.</summary>
    Failed,
}
