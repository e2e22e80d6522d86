using Bramble.Storage.Contract;
using Bramble.Storage.Editing;

namespace Bramble.Storage.Roots;

/// <summary>How a client mounts its root over NFS.</summary>
internal static class NfsOptions
{
    internal const string V3 = "3";
    internal const string V41 = "4.1";

    /// <summary>
    /// The version: that which is asked for, else v4.1 where the image can mount it by itself, else v3. klibc's program, which most images have in their
    /// initramfs, knows no v4; with <see cref="NfsBoot"/> they can, if somebody wants it.
    /// </summary>
    /// <param name="kind">The kind of root.</param>
    /// <param name="wanted">What is asked for; null for what the image can.</param>
    /// <param name="image">The image.</param>
    /// <returns>The version; null for roots that are not on NFS here.</returns>
    /// <exception cref="StorageException">The image cannot do what is asked for.</exception>
    internal static string? Choose(RootKind kind, string? wanted, ImageInfo image)
    {
        if (kind == RootKind.Overlay)
        {
            // docs/reference/pi-network-boot.md, "Read-only shared root": over NFS v4 an overlay has troubles.
            return wanted is null or V3 ? V3 : throw new StorageException($"A client with an overlay mounts NFS v3 only: take \"{wanted}\" away, or give it an NFS root of its own.");
        }

        if (kind != RootKind.Nfs)
            return null;
        return wanted switch
        {
            null => image.CanNfs41 ? V41 : image.CanNfs ? V3 : throw Cannot(image),
            V3 when image.CanNfs => V3,
            V41 when image.CanNfs41 || image.CanBeGivenNfs41 => V41,
            V41 => throw new StorageException($"Image {image.Name} cannot mount a root over NFS v4.1: {(image.Initramfs.Count == 0 ? "its kernel has no NFS v4 built in" : "its initramfs is not that of initramfs-tools with klibc's nfsmount, or has no nfsv4 module")}. Leave it at v3. If an older Bramble imported it, 'bramble image check {image.Name}' looks again what it can."),
            _ => throw Cannot(image),
        };
    }

    /// <summary>Name of the boot script that mounts a root; null where the image's own does it.</summary>
    /// <param name="version">The version that was chosen.</param>
    /// <param name="image">The image.</param>
    internal static string? ScriptFor(string? version, ImageInfo image) => version == V41 && !image.CanNfs41 ? NfsBoot.ScriptName : null;

    /// <summary>The words behind <c>nfsroot=SERVER:PATH,</c>.</summary>
    internal static string Words(string version, Personality personality) =>
        (version == V41 ? "vers=4.1,proto=tcp" : "vers=3,tcp") + (personality.IsOn("transfer-size") ? $",rsize={Personality.TransferSize},wsize={Personality.TransferSize}" : "");

    private static StorageException Cannot(ImageInfo image) =>
        new($"Image {image.Name} cannot take its root from NFS: its initramfs has no nfsmount. 'bramble image prepare {image.Name} --overlay' makes a version of it that has.");
}
