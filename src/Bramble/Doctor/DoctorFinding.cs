namespace Bramble.Doctor;

/// <summary>What one look at the box found.</summary>
/// <param name="Check">What was looked at: <c>configuration</c>, <c>server</c>, <c>link</c>, <c>addresses</c>, <c>other-dhcp</c>, <c>ports</c>, <c>firewall</c>, <c>storage</c>, <c>space</c>, <c>clock</c>, <c>versions</c>.</param>
/// <param name="Result"><c>ok</c>, <c>wrong</c>, or <c>unknown</c> where it could not be seen.</param>
/// <param name="Seen">What was seen, for people.</param>
/// <param name="Fix">What to do; null where nothing is wrong.</param>
internal sealed record DoctorFinding(string Check, string Result, string Seen, string? Fix = null)
{
    /// <summary>All is well with it.</summary>
    public static DoctorFinding Ok(string check, string seen) => new(check, "ok", seen);

    /// <summary>Something is wrong.</summary>
    public static DoctorFinding Wrong(string check, string seen, string fix) => new(check, "wrong", seen, fix);

    /// <summary>It could not be seen.</summary>
    public static DoctorFinding Unknown(string check, string seen, string fix) => new(check, "unknown", seen, fix);
}
