namespace Bramble.Storage.Contract;

/// <summary>What one initramfs of an image can mount.</summary>
/// <param name="File">Its name in the boot tree.</param>
/// <param name="CanNfs">It holds a program that mounts NFS v3.</param>
/// <param name="CanIscsi">It holds <c>iscsistart</c>.</param>
/// <param name="Problem">Why it could not be read; null if it could.</param>
public sealed record InitramfsInfo(string File, bool CanNfs, bool CanIscsi, string? Problem)
{
    /// <summary>Release of the kernel whose modules it holds; null for none.</summary>
    public string? Kernel { get; init; }

    /// <summary>It mounts NFS v4.1: its program is that of nfs-utils, and not klibc's, and the kernel's module is at hand.</summary>
    public bool CanNfs41 { get; init; }

    /// <summary>It mounts NFS v4.1 with a boot script that is sent behind it: it is of initramfs-tools with klibc's program, and the kernel's module is at hand.</summary>
    public bool CanBeGivenNfs41 { get; init; }

    /// <summary>An overlay can be made in it: it is of initramfs-tools, it mounts NFS v3, and the kernel's module is at hand.</summary>
    public bool CanOverlay { get; init; }
}
