namespace Bramble.Commands;

/// <summary>A board that may boot from now on.</summary>
/// <param name="Board">Its serial, or its MAC where that is not known.</param>
internal sealed record ApprovedBoard(string Board);
