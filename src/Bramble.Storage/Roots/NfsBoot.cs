namespace Bramble.Storage.Roots;

/// <summary>
/// What is sent behind the initramfs of a client whose root is mounted over NFS v4.1 and whose image has klibc's nfsmount for it, which knows v3 only: a boot
/// script of initramfs-tools (<c>boot=bramble-nfs</c>).
/// </summary>
internal static class NfsBoot
{
    /// <summary>Name of the boot script.</summary>
    internal const string ScriptName = "bramble-nfs";

    // Words of a shell without programs but mount and modprobe, as the smallest initramfs has them. The image's own script for NFS has been read before this one
    // and mounts the root; to its shell a function comes before a program.
    private static ReadOnlySpan<byte> Script => """
        # Written by Bramble: the root is mounted over NFS v4, by the kernel and without nfsmount.
        nfsmount()
        {
        	bramble_options=
        	while [ "$1" = -o ]; do
        		bramble_options="${bramble_options}$2,"
        		shift 2
        	done
        	modprobe -q nfsv4
        	mount -t nfs4 -o "${bramble_options}addr=${1%%:*}" "$1" "$2"
        }

        """u8;

    /// <summary>The archive; not to be changed.</summary>
    internal static byte[] Archive { get; } = InitramfsArchive.Pack([($"scripts/{ScriptName}", Script.ToArray(), (UnixFileMode)0b110_100_100)]);
}
