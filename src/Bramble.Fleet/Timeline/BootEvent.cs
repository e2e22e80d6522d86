namespace Bramble.Fleet.Timeline;

/// <summary>One line of the live view and the journal.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Kind">What.</param>
/// <param name="Board">The board's serial, or its MAC where the serial is not known; the server's name where it is about the server itself.</param>
/// <param name="Client">The client's name; null for a board without one.</param>
/// <param name="Boot">The boot's number; 0 if there is none.</param>
/// <param name="Stage">The stage that the boot stands at.</param>
/// <param name="Seconds">Seconds since the boot began.</param>
/// <param name="FaultCode">The fault's code; null for other kinds.</param>
/// <param name="Text">The same in words.</param>
public sealed record BootEvent(
    DateTimeOffset Time, BootEventKind Kind, string Board, string? Client, int Boot, BootStage Stage, double Seconds, string? FaultCode, string Text)
{
    /// <summary>The transfer of a <see cref="BootEventKind.Transfer"/>; null for other kinds.</summary>
    public BootTransfer? Transfer { get; init; }
}
