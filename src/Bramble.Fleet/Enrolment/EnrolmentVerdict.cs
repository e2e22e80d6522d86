namespace Bramble.Fleet.Enrolment;

/// <summary>What to do with a board that asks.</summary>
internal enum EnrolmentVerdict
{
    /// <summary>It is no Raspberry Pi's firmware: no business of ours.</summary>
    None,

    /// <summary>It has a client.</summary>
    Boot,

    /// <summary>Make a client for it.</summary>
    Enrol,

    /// <summary>It would be enrolled, but has not said its serial yet: give it bootcode.bin, which does.</summary>
    AwaitSerial,

    /// <summary>Keep it on the list "seen, not approved".</summary>
    Remember,

    /// <summary>As many clients as allowed have enrolled themselves.</summary>
    Full,
}
