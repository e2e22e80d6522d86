namespace Bramble.Integration.Tests.Lab;

/// <summary>Makes a disk image in the shape of Raspberry Pi OS: a FAT partition with given files and a small ext4 root.</summary>
internal static class PiDisk
{
    /// <summary>Makes <c>FOLDER/NAME</c> and returns its path.</summary>
    public static string Make(string folder, string name, IReadOnlyDictionary<string, byte[]> bootFiles)
    {
        string work = Path.Combine(folder, "make-" + name);
        foreach ((string path, byte[] content) in bootFiles)
        {
            string file = Path.Combine(work, "boot", path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }

        string image = Path.Combine(folder, name);
        Shell.Run("bash", "-euc", $"""
            cd {work}
            mkdir -p root/etc root/usr/lib/systemd/system root/boot/firmware root/dev root/proc
            printf 'PRETTY_NAME="A small Debian"\n' > root/usr/lib/os-release
            printf 'PARTUUID=aabbccdd-01 /boot/firmware vfat defaults 0 2\nPARTUUID=aabbccdd-02 / ext4 defaults 0 1\n' > root/etc/fstab
            echo raspberrypi > root/etc/hostname
            truncate -s 40M boot.fs; mkfs.vfat -F 32 -n bootfs boot.fs > /dev/null
            MTOOLS_SKIP_CHECK=1 mcopy -s -i boot.fs boot/* ::
            truncate -s 16M root.fs; mkfs.ext4 -q -L rootfs -d root root.fs
            truncate -s 58M {image}
            printf 'label: dos\nstart=2048, size=81920, type=c\nstart=83968, size=32768\n' | sfdisk -q {image}
            dd if=boot.fs of={image} bs=512 seek=2048 conv=notrunc,sparse status=none
            dd if=root.fs of={image} bs=512 seek=83968 conv=notrunc,sparse status=none
            cd /; rm -rf {work}
            """);
        return image;
    }

    /// <summary>The boot files that a Raspberry Pi of any model asks for, with contents that differ.</summary>
    public static Dictionary<string, byte[]> EveryModel()
    {
        Dictionary<string, byte[]> files = [];
        string[] names =
        [
            "bootcode.bin", "start.elf", "fixup.dat", "start4.elf", "fixup4.dat", "kernel8.img", "kernel_2712.img", "initramfs8",
            "initramfs_2712", "bcm2710-rpi-3-b.dtb", "bcm2710-rpi-3-b-plus.dtb", "bcm2711-rpi-4-b.dtb", "bcm2712-rpi-5-b.dtb",
        ];
        foreach (string name in names)
        {
            files[name] = Content(name);
        }

        files["config.txt"] = "arm_64bit=1\nauto_initramfs=1\n"u8.ToArray();
        files["cmdline.txt"] = "console=serial0,115200 console=tty1 root=PARTUUID=aabbccdd-02 rootfstype=ext4 fsck.repair=yes rootwait quiet\n"u8.ToArray();
        return files;
    }

    /// <summary>Some ten to hundred thousand octets that depend on the name.</summary>
    public static byte[] Content(string name)
    {
        int seed = name.Aggregate(17, (sum, c) => (sum * 31) + c);
        var random = new Random(seed);
        byte[] content = new byte[10_000 + random.Next(90_000)];
        random.NextBytes(content);
        return content;
    }
}
