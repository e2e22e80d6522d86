namespace Bramble.Storage.Contract;

/// <summary>What one initramfs of an image can mount.</summary>
/// <param name="File">Its name in the boot tree.</param>
/// <param name="CanNfs">It holds an NFS mount program.</param>
/// <param name="CanIscsi">It holds <c>iscsistart</c>.</param>
/// <param name="Problem">Why it could not be read; null if it could.</param>
public sealed record InitramfsInfo(string File, bool CanNfs, bool CanIscsi, string? Problem);
