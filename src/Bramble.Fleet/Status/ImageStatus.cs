namespace Bramble.Fleet.Status;

/// <summary>An image.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Distribution">Its operating system.</param>
/// <param name="SizeBytes">Bytes of its trees.</param>
/// <param name="Clients">Clients that use it.</param>
public sealed record ImageStatus(string Name, string Distribution, long SizeBytes, int Clients);
