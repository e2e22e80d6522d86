namespace Bramble.Linux.Files;

/// <summary>What identifies one version of a file: any change of its bytes changes one of these.</summary>
/// <param name="Device">Device number, major above minor.</param>
/// <param name="Inode">Inode number.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="ModifiedNanoseconds">Time of the last change of the bytes, ns since 1970.</param>
/// <param name="ChangedNanoseconds">Time of the last change of the inode, ns since 1970; no program can set it back.</param>
public readonly record struct BeneathFileStatus(ulong Device, ulong Inode, long Length, long ModifiedNanoseconds, long ChangedNanoseconds);
