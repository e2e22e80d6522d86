using Bramble.Storage.Roots;

namespace Bramble.Storage.Contract;

/// <summary>The initramfs in a client's boot folder, as it is sent.</summary>
public static class InitramfsFile
{
    private const int ArchiveAlignment = 512;

    /// <summary>
    /// Where an archive behind another one begins, with zeros in between, bytes: the kernel drops one that begins elsewhere, with no more than a word in its
    /// log.
    /// </summary>
    /// <param name="length">Length of what comes before it, bytes.</param>
    public static long ArchiveStart(long length) => (length + ArchiveAlignment - 1) / ArchiveAlignment * ArchiveAlignment;

    /// <summary>Whether a file has the name of an initramfs, as Raspberry Pi OS (<c>initramfs8</c>) and Debian (<c>initrd.img-…</c>) give them.</summary>
    /// <param name="name">The name without folders.</param>
    public static bool IsNamedSo(ReadOnlySpan<char> name) => name.StartsWith("initramfs") || name.StartsWith("initrd");

    /// <summary>
    /// The cpio archive that is sent behind each initramfs of a client; null for none. It is in no file: the boot folder of an NFS root is the client's own,
    /// and its next update would write an initramfs without it.
    /// </summary>
    /// <param name="root">The client's root.</param>
    public static byte[]? ArchiveBehind(ClientRoot root) => root.BootScript == NfsBoot.ScriptName ? NfsBoot.Archive : null;
}
