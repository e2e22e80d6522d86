namespace Bramble.Dhcp.Serving;

/// <summary>Whether a message that takes an address from its client was sent by that client.</summary>
public enum SenderVerdict
{
    /// <summary>Frames are not looked at here.</summary>
    Unchecked,

    /// <summary>The frame's Ethernet source is the client.</summary>
    Genuine,

    /// <summary>The frame's Ethernet source is another machine.</summary>
    Forged,

    /// <summary>Frames are looked at, and this one was not seen.</summary>
    Unseen,
}
