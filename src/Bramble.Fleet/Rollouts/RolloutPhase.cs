namespace Bramble.Fleet.Rollouts;

/// <summary>How far one client of a rollout is.</summary>
public enum RolloutPhase
{
    /// <summary>Its stage has not come yet.</summary>
    Waiting,

    /// <summary>Its root is being made.</summary>
    Changing,

    /// <summary>Its next boot gets the new image; it has not begun to boot yet.</summary>
    Changed,

    /// <summary>It boots.</summary>
    Booting,

    /// <summary>It came up.</summary>
    Up,

    /// <summary>It did not come up in its time, or its root could not be made.</summary>
    Failed,

    /// <summary>Its root is being rolled back.</summary>
    Returning,

    /// <summary>Its next boot gets what it had.</summary>
    Returned,
}
