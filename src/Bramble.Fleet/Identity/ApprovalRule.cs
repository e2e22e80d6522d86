namespace Bramble.Fleet.Identity;

/// <summary>Decides whether a claim may be approved.</summary>
internal static class ApprovalRule
{
    /// <summary>A client that is up says so every ten seconds: after three of them it may be off.</summary>
    public static readonly TimeSpan RunsWithin = TimeSpan.FromSeconds(35);

    /// <summary>Decides for a person who named a claim, or the client that is claimed.</summary>
    /// <param name="claims">How many claims are meant.</param>
    /// <param name="silence">How long ago the client was heard with its token; null for one that is not known to run.</param>
    public static ApprovalVerdict ByPerson(int claims, TimeSpan? silence) => (claims, silence) switch
    {
        (0, _) => ApprovalVerdict.NoClaim,
        (_, { } heard) when heard < RunsWithin => ApprovalVerdict.IsRunning,
        (1, _) => ApprovalVerdict.Approved,
        _ => ApprovalVerdict.SeveralClaims,
    };

    /// <summary>
    /// Decides for the button, which names nobody: the person must have been shown the claim before the button was pressed, and it must be the only one there is.
    /// </summary>
    /// <param name="claim">The claim; null for none.</param>
    /// <param name="allClaims">How many claims there are, to whatever client.</param>
    /// <param name="windowOpened">When the button opened the enrolment window that is open now; null for none.</param>
    /// <param name="silence">How long ago the client was heard with its token; null for one that is not known to run.</param>
    public static ApprovalVerdict ByButton(IdentityClaim? claim, int allClaims, DateTimeOffset? windowOpened, TimeSpan? silence)
    {
        if (claim is null || windowOpened is not { } opened || claim.First >= opened)
        {
            return ApprovalVerdict.NoClaim;
        }

        return ByPerson(allClaims, silence);
    }
}
