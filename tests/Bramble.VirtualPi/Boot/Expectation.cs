namespace Bramble.VirtualPi.Boot;

/// <summary>What is known of a file before it is asked for.</summary>
public enum Expectation
{
    /// <summary>Nothing: whatever comes is right.</summary>
    Unknown,

    /// <summary>It must come, octet for octet.</summary>
    Content,

    /// <summary>It must come; its content is made by the server.</summary>
    Present,

    /// <summary>It must not come.</summary>
    Absent,
}
