using Bramble.Linux.Net;

namespace Bramble.Dhcp.Boards;

/// <summary>What a DHCP message tells about the board that sent it.</summary>
/// <param name="Mac">chaddr (RFC 2131 section 2).</param>
/// <param name="Family">How it behaves on the wire; <see cref="PiFamily.None"/> for a machine that is no Pi.</param>
/// <param name="Serial">From option 97; null where the board does not say it (Pi 3 boot ROM, operating systems).</param>
/// <param name="RevisionCode">From option 97 of a Pi 4 or 5; null otherwise.</param>
/// <param name="Model">Decoded from <paramref name="RevisionCode"/>, else <see cref="PiModel.Unknown"/>.</param>
public readonly record struct BoardIdentity(
    MacAddress Mac,
    PiFamily Family,
    BoardSerial? Serial,
    uint? RevisionCode,
    PiModel Model)
{
    /// <summary>True if the sender is known to be a Raspberry Pi.</summary>
    public bool IsPi => Family != PiFamily.None;
}
