using Bramble.Dhcp.Boards;
using Bramble.Fleet.Clients;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Identity;

/// <summary>Compares the names in a message with the boards that are bound. Serials are printed on boards and sent in the clear, so a serial alone proves nothing.</summary>
internal static class BoardIdentityRule
{
    /// <summary>Decides for one message of firmware.</summary>
    /// <param name="ofMac">What is bound to its MAC address; null for nothing.</param>
    /// <param name="ofSerial">What is bound to its serial; null for nothing, and where it says none.</param>
    /// <param name="mac">Its MAC address.</param>
    /// <param name="serial">Its serial; null for a Pi 3's boot ROM, which says none.</param>
    public static IdentityOutcome Decide(BoardBinding? ofMac, BoardBinding? ofSerial, MacAddress mac, BoardSerial? serial)
    {
        if (ofMac?.Serial is { } bound && serial is { } said && said != bound)
        {
            return IdentityOutcome.MacWithOtherSerial;
        }

        if (serial is not null && ofSerial is not null && ofSerial.Mac != mac)
        {
            return IdentityOutcome.SerialFromOtherMac;
        }

        return ofMac is null && ofSerial is null ? IdentityOutcome.Free : IdentityOutcome.Bound;
    }

    /// <summary>True if the message may not boot before a person has looked at it.</summary>
    public static bool IsClaim(this IdentityOutcome outcome) => outcome is IdentityOutcome.SerialFromOtherMac or IdentityOutcome.MacWithOtherSerial;
}
