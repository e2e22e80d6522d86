namespace Bramble.Dhcp.Serving;

/// <summary>What is known of an address that was probed.</summary>
internal enum ProbeVerdict
{
    /// <summary>The probe runs.</summary>
    Running,

    /// <summary>Nobody but the client itself answers for it.</summary>
    Clear,

    /// <summary>Another machine uses it.</summary>
    Taken,
}
