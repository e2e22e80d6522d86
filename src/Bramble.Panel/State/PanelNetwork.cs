namespace Bramble.Panel.State;

/// <summary>The network that the clients are on.</summary>
public sealed record PanelNetwork
{
    /// <summary>The interface; empty while none is chosen.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The server's address; null for none.</summary>
    public string? Address { get; init; }

    /// <summary>Bits of the subnet.</summary>
    public int PrefixLength { get; init; }

    /// <summary>A cable with a live other end is in it.</summary>
    public bool HasLink { get; init; } = true;

    /// <summary>Speed, megabits a second; 0 if it is not known.</summary>
    public int Megabits { get; init; }

    /// <summary>Address of another DHCP server that was heard in the last minutes; null for none.</summary>
    public string? OtherServer { get; init; }
}
