namespace Bramble.Integration.Tests.Lab;

/// <summary>A boot folder as a Raspberry Pi 4 reads it, with files of chosen sizes.</summary>
internal static class PiFiles
{
    /// <summary>Writes the files that the firmware loads: of each 30 parts 2 are firmware, 9 the kernel and 19 the initramfs.</summary>
    /// <param name="folder">The boot folder.</param>
    /// <param name="bytes">What a boot loads, about.</param>
    public static void Write(string folder, long bytes)
    {
        var random = new Random(30);
        Write("start4.elf", bytes * 2 / 30);
        Write("fixup4.dat", 5_000);
        Write("bcm2711-rpi-4-b.dtb", 55_000);
        Write("kernel8.img", bytes * 9 / 30);
        Write("initramfs8", bytes * 19 / 30);
        File.WriteAllText(Path.Combine(folder, "config.txt"), "arm_64bit=1\nauto_initramfs=1\n");
        File.WriteAllText(Path.Combine(folder, "cmdline.txt"), "console=tty1 root=PARTUUID=aabbccdd-02 rootwait\n");

        void Write(string name, long length)
        {
            byte[] content = new byte[length];
            random.NextBytes(content);
            File.WriteAllBytes(Path.Combine(folder, name), content);
        }
    }
}
