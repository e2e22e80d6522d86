namespace Bramble.Storage.Tests.Support;

/// <summary>Makes a small image in the shape of Raspberry Pi OS.</summary>
internal sealed record PiImage
{
    public string Label { get; init; } = "dos";

    public bool WithFat { get; init; } = true;

    public bool WithExt { get; init; } = true;

    public bool WithIscsi { get; init; } = true;

    public bool WithInitramfs { get; init; } = true;

    /// <summary>More lines of shell, run in the root tree before it becomes a filesystem.</summary>
    public string Extra { get; init; } = "";

    public async Task<string> MakeAsync(string folder, string name = "pi.img")
    {
        string work = $"{folder}/make-{Guid.NewGuid():N}";
        string image = $"{folder}/{name}";
        Directory.CreateDirectory($"{work}/boot/overlays");
        Directory.CreateDirectory($"{work}/root");
        byte[] cpio = Cpio.Of(("scripts/nfs", [0]), ("usr/bin/nfsmount", [1, 2, 3]), (WithIscsi ? "usr/sbin/iscsistart" : "usr/sbin/other", [4]));
        await File.WriteAllBytesAsync($"{work}/cpio", cpio);
        await Shell.RunAsync($"""
            cd {work}
            if {(WithInitramfs ? "true" : "false")}; then gzip -c cpio > boot/initramfs8; zstd -q cpio -o boot/initramfs_2712; fi
            echo "console=serial0,115200 console=tty1 root=PARTUUID=aabbccdd-02 rootfstype=ext4 fsck.repair=yes rootwait quiet init=/usr/lib/raspberrypi-sys-mods/firstboot resize" > boot/cmdline.txt
            echo "arm_64bit=1" > boot/config.txt
            echo overlay > boot/overlays/disable-wifi.dtbo
            head -c 100000 /dev/urandom > boot/kernel8.img
            cd root
            mkdir -p etc/ssh etc/systemd/system/multi-user.target.wants usr/lib/systemd/system usr/sbin usr/bin var/lib/dbus var/log boot/firmware dev proc etc/NetworkManager home/pi etc/network/interfaces.d
            ln -s usr/lib lib
            printf 'proc            /proc           proc    defaults          0       0\nPARTUUID=aabbccdd-01  /boot/firmware  vfat    defaults          0       2\nPARTUUID=aabbccdd-02  /               ext4    defaults,noatime  0       1\n' > etc/fstab
            printf 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\n' > usr/lib/os-release
            ln -s ../usr/lib/os-release etc/os-release
            echo raspberrypi > etc/hostname
            printf '127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n' > etc/hosts
            echo 0123456789abcdef0123456789abcdef > etc/machine-id
            cp etc/machine-id var/lib/dbus/machine-id
            echo secret > etc/ssh/ssh_host_ed25519_key; echo public > etc/ssh/ssh_host_ed25519_key.pub; echo config > etc/ssh/ssh_config
            touch usr/sbin/sshd usr/lib/systemd/system/dphys-swapfile.service usr/lib/systemd/system/rpi-resize.service
            ln -s /usr/lib/systemd/system/dphys-swapfile.service etc/systemd/system/multi-user.target.wants/
            head -c 65536 /dev/zero > var/swap
            echo suid > usr/bin/sudo; chmod 4755 usr/bin/sudo
            echo shadow > etc/shadow; chown 0:42 etc/shadow; chmod 640 etc/shadow
            echo one > home/pi/one; ln home/pi/one home/pi/two; chown -R 1000:1000 home/pi; touch -d '2020-01-02 03:04:05 UTC' home/pi/one
            mknod dev/null c 1 3
            mkfifo var/pipe
            {Extra}
            """);
        await Shell.RunAsync($"""
            cd {work}
            if {(WithFat ? "true" : "false")}; then
                truncate -s 8M boot.fs; mkfs.vfat -n bootfs boot.fs >/dev/null
                MTOOLS_SKIP_CHECK=1 mcopy -s -i boot.fs boot/* ::
            else
                truncate -s 8M boot.fs; mkfs.ext4 -q boot.fs
            fi
            truncate -s 16M root.fs
            if {(WithExt ? "true" : "false")}; then mkfs.ext4 -q -L rootfs -d root root.fs; fi
            truncate -s 26M {image}
            printf 'label: {Label}\nstart=2048, size=16384, type={(Label == "dos" ? "c" : "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7")}\nstart=18432, size=32768\n' | sfdisk -q {image}
            dd if=boot.fs of={image} bs=512 seek=2048 conv=notrunc,sparse status=none
            dd if=root.fs of={image} bs=512 seek=18432 conv=notrunc,sparse status=none
            cd /; rm -rf {work}
            """);
        return image;
    }
}
