namespace Bramble.Storage.Contract;

/// <summary>A disk in a file with holes.</summary>
/// <param name="File">Absolute path.</param>
/// <param name="Bytes">Bytes that it offers.</param>
/// <param name="UsedBytes">Bytes that it takes, those that it shares with its image included.</param>
public sealed record ThinDisk(string File, long Bytes, long UsedBytes);
