using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Images;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests.Images;

public sealed class InitramfsInspectorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bramble-initramfs-").FullName;

    [Fact]
    public async Task Programs_are_found_in_every_packing()
    {
        await File.WriteAllBytesAsync($"{_folder}/cpio", Cpio.Of(("usr", []), ("usr/lib/klibc/bin/nfsmount", new byte[99999]), ("usr/sbin/iscsistart", [1])));
        await File.WriteAllBytesAsync($"{_folder}/early", Cpio.Of(("kernel/x86/microcode.bin", new byte[1001])));
        await Shell.RunAsync($"""
            cd {_folder}
            cp cpio initramfs; gzip -c cpio > initramfs7; xz -c cpio > initramfs8; zstd -q cpio -o initramfs_2712
            cat early cpio > initrd.img-1; cat early initramfs_2712 > initrd.img-2; cat initramfs7 initramfs7 > initrd.img-3; zstd -q early -o e.zst; cat e.zst initramfs_2712 > initrd.img-4
            rm cpio early e.zst
            """);
        IReadOnlyList<InitramfsInfo> found = await InitramfsInspector.InspectAsync(_folder, Modules(), null, CancellationToken.None);
        Assert.Equal(8, found.Count);
        Assert.All(found, one => Assert.Equal(new InitramfsInfo(one.File, true, true, null), one));
    }

    [Fact]
    public async Task What_is_missing_is_missing()
    {
        await File.WriteAllBytesAsync($"{_folder}/initramfs8", Cpio.Of(("usr/bin/busybox", [1]), ("iscsistart/not-a-program", [1]), ("doc/nfsmount.txt", [])));
        Assert.Equal(new InitramfsInfo("initramfs8", false, false, null), Assert.Single(await InitramfsInspector.InspectAsync(_folder, Modules(), null, CancellationToken.None)));
    }

    [Fact]
    public async Task Bad_bytes_are_told_and_never_thrown()
    {
        byte[] good = Cpio.Of(("usr/bin/busybox", new byte[1000]));
        byte[] badName = [.. good];
        "FFFFFFFF"u8.CopyTo(badName.AsSpan(6 + (11 * 8)));
        byte[] badHex = [.. good];
        "zzzzzzzz"u8.CopyTo(badHex.AsSpan(6 + (6 * 8)));
        byte[][] files = [[1], "lz4 or something"u8.ToArray(), good[..200], good[..50], badName, badHex, [0x1F, 0x8B, 1, 2, 3], [0x28, 0xB5, 0x2F, 0xFD]];
        for (int i = 0; i < files.Length; i++)
            await File.WriteAllBytesAsync($"{_folder}/initramfs{i}", files[i]);
        IReadOnlyList<InitramfsInfo> found = await InitramfsInspector.InspectAsync(_folder, Modules(), null, CancellationToken.None);
        Assert.Equal(files.Length, found.Count);
        Assert.All(found, one => Assert.NotNull(one.Problem));
    }

    [Fact]
    public async Task What_the_programs_cannot_do_alone_is_looked_up_among_the_modules()
    {
        await Shell.RunAsync($"""
            cd {_folder}; mkdir -p root/usr/lib/modules/6.12-v8 root/usr/lib/modules/6.12-old
            echo kernel/fs/nfs/nfsv4.ko > root/usr/lib/modules/6.12-v8/modules.builtin
            echo 'kernel/fs/overlayfs/overlay.ko.xz:' > root/usr/lib/modules/6.12-v8/modules.dep
            """);
        (string File, (string, byte[])[] Files)[] made =
        [
            ("initramfs1", [("usr/sbin/mount.nfs", [1]), ("usr/lib/modules/6.12-v8/kernel", [])]),
            ("initramfs2", [("usr/sbin/mount.nfs4", [1]), ("lib/modules/6.12-old/kernel/fs/nfs/nfsv4.ko.xz", [1])]),
            ("initramfs3", [("usr/sbin/mount.nfs", [1]), ("lib/modules/6.12-old/kernel/x.ko", [1])]),
            ("initramfs4", [("bin/nfsmount", [1]), ("usr/sbin/mount.nfs", [1]), ("scripts/nfs", []), ("lib/modules/6.12-v8/x", [])]),
            ("initramfs5", [("bin/nfsmount", [1]), ("scripts/nfs", []), ("lib/modules/6.12-old/kernel/fs/overlayfs/overlay.ko", [1])]),
            ("initramfs6", [("bin/nfsmount", [1]), ("scripts/nfs", []), ("lib/modules/6.12-old/x", [])]),
            ("initramfs7", [("bin/nfsmount", [1]), ("lib/modules/6.12-v8/x", [])]),
            ("initramfs8", [("bin/nfsmount", [1]), ("scripts/nfs", []), ("lib/modules/6.12-old/kernel/fs/nfs/nfsv4.ko.zst", [1])]),
        ];
        foreach ((string file, (string, byte[])[] files) in made)
            await File.WriteAllBytesAsync($"{_folder}/{file}", Cpio.Of(files));
        IReadOnlyList<InitramfsInfo> found = await InitramfsInspector.InspectAsync(_folder, Modules(), null, CancellationToken.None);
        Assert.Equal(["6.12-v8", "6.12-old", "6.12-old", "6.12-v8", "6.12-old", "6.12-old", "6.12-v8", "6.12-old"], found.Select(one => one.Kernel));
        Assert.Equal([true, true, false, false, false, false, false, false], found.Select(one => one.CanNfs41));
        Assert.Equal([false, false, false, true, false, false, false, true], found.Select(one => one.CanBeGivenNfs41));
        Assert.Equal([false, false, false, true, true, false, false, false], found.Select(one => one.CanOverlay));
    }

    private KernelModules Modules()
    {
        Directory.CreateDirectory($"{_folder}/root");
        using ForeignTree root = ForeignTree.Open($"{_folder}/root");
        return KernelModules.Read(root);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
