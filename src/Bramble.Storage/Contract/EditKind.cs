namespace Bramble.Storage.Contract;

/// <summary>A step in which operating systems are changed.</summary>
/// <param name="Name">Stable name, such as <c>fstab</c>.</param>
/// <param name="Help">What it does, for people.</param>
public sealed record EditKind(string Name, string Help);
