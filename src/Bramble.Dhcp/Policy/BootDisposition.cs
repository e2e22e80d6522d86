namespace Bramble.Dhcp.Policy;

/// <summary>What to do with a board that asks to boot.</summary>
public enum BootDisposition
{
    /// <summary>No boot information for it. In server mode it still gets an address if the configuration says so.</summary>
    Ignore,

    /// <summary>It boots, but its files are being made: stay silent now, it asks again.</summary>
    Wait,

    /// <summary>It boots.</summary>
    Serve,
}
