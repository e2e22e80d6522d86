namespace Bramble.Storage.Roots;

/// <summary>To whom a client's root is open, and which state of it. While the client runs this is the state that it booted with.</summary>
/// <param name="Address">The one IPv4 address; null if it is open to nobody.</param>
/// <param name="State">Number of the state.</param>
internal sealed record Opening(string? Address, int State);
