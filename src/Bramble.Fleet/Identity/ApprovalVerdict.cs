namespace Bramble.Fleet.Identity;

/// <summary>Whether a person may give a client the board that claims to be its own.</summary>
internal enum ApprovalVerdict
{
    /// <summary>Yes.</summary>
    Approved,

    /// <summary>No board claims it.</summary>
    NoClaim,

    /// <summary>Several boards do: a person must name one.</summary>
    SeveralClaims,

    /// <summary>The client runs: its system was heard a moment ago, so another board cannot be its own.</summary>
    IsRunning,
}
