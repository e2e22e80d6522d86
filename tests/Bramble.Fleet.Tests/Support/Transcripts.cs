namespace Bramble.Fleet.Tests.Support;

/// <summary>Boots as seen on the wire, one step a line: a DHCP message, or a file with how the request ends.</summary>
/// <remarks>Source: docs/reference/pi-network-boot.md, "Transcripts".</remarks>
internal static class Transcripts
{
    public const string Pi3BPlus = """
        Discover
        Offer
        bootcode.bin Completed
        bootsig.bin NotFound
        Discover
        Offer
        8b07bcc6/start.elf Probed
        8b07bcc6/autoboot.txt NotFound
        8b07bcc6/start.elf Probed
        8b07bcc6/config.txt Completed
        8b07bcc6/recovery.elf NotFound
        8b07bcc6/start.elf Completed
        8b07bcc6/fixup.dat Completed
        8b07bcc6/recovery.elf NotFound
        8b07bcc6/config.txt Probed
        8b07bcc6/config.txt Completed
        8b07bcc6/dt-blob.bin NotFound
        8b07bcc6/recovery.elf NotFound
        8b07bcc6/config.txt Probed
        8b07bcc6/config.txt Completed
        8b07bcc6/bootcfg.txt NotFound
        8b07bcc6/recovery8.img NotFound
        8b07bcc6/kernel8.img Probed
        8b07bcc6/kernel8.img Probed
        8b07bcc6/initramfs8 Probed
        8b07bcc6/initramfs8 Probed
        8b07bcc6/initramfs8 Probed
        8b07bcc6/initramfs8 Completed
        8b07bcc6/bcm2710-rpi-3-b-plus.dtb Probed
        8b07bcc6/bcm2710-rpi-3-b-plus.dtb Completed
        8b07bcc6/overlays/overlay_map.dtb Probed
        8b07bcc6/overlays/overlay_map.dtb Completed
        8b07bcc6/config.txt Probed
        8b07bcc6/config.txt Completed
        8b07bcc6/overlays/vc4-kms-v3d.dtbo Probed
        8b07bcc6/overlays/vc4-kms-v3d.dtbo Completed
        8b07bcc6/cmdline.txt Probed
        8b07bcc6/cmdline.txt Completed
        8b07bcc6/armstub8.bin NotFound
        8b07bcc6/kernel8.img Probed
        8b07bcc6/kernel8.img Completed
        """;

    public const string Pi4B = """
        Discover
        Offer
        Request
        Ack
        91cdf03d/start4.elf Probed
        91cdf03d/config.txt Completed
        91cdf03d/pieeprom.sig NotFound
        91cdf03d/recover4.elf NotFound
        91cdf03d/recovery.elf NotFound
        91cdf03d/start4.elf Completed
        91cdf03d/fixup4.dat Completed
        91cdf03d/recovery.elf NotFound
        91cdf03d/config.txt Probed
        91cdf03d/config.txt Completed
        91cdf03d/dt-blob.bin NotFound
        91cdf03d/recovery.elf NotFound
        91cdf03d/config.txt Probed
        91cdf03d/config.txt Completed
        91cdf03d/bootcfg.txt NotFound
        91cdf03d/bcm2711-rpi-4-b.dtb Probed
        91cdf03d/bcm2711-rpi-4-b.dtb Completed
        91cdf03d/overlays/overlay_map.dtb Probed
        91cdf03d/overlays/overlay_map.dtb Completed
        91cdf03d/config.txt Probed
        91cdf03d/config.txt Completed
        91cdf03d/overlays/mcp2515-can0.dtbo Probed
        91cdf03d/overlays/mcp2515-can0.dtbo Completed
        91cdf03d/cmdline.txt NotFound
        91cdf03d/recovery8.img NotFound
        91cdf03d/kernel8.img NotFound
        91cdf03d/RPI_EFI.fd Probed
        91cdf03d/RPI_EFI.fd Probed
        91cdf03d/RPI_EFI.fd Probed
        91cdf03d/RPI_EFI.fd Completed
        """;

    public const string Pi5 = """
        Discover
        Offer
        Request
        Ack
        7bf18f79/config.txt Completed
        7bf18f79/pieeprom.sig NotFound
        7bf18f79/bcm2712-rpi-5-b.dtb Completed
        7bf18f79/config.txt Completed
        7bf18f79/config.txt Completed
        7bf18f79/kernel_2712.img Probed
        7bf18f79/initramfs_2712 Completed
        7bf18f79/bcm2712-rpi-5-b.dtb Completed
        7bf18f79/overlays/overlay_map.dtb Completed
        7bf18f79/config.txt Completed
        7bf18f79/overlays/vc4-kms-v3d-pi5.dtbo Completed
        7bf18f79/cmdline.txt Completed
        7bf18f79/armstub8-2712.bin NotFound
        7bf18f79/kernel_2712.img Completed
        """;
}
