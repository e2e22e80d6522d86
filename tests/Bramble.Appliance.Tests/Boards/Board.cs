namespace Bramble.Appliance.Tests.Boards;

/// <summary>What a box starts from.</summary>
internal enum Medium
{
    Card,
    Usb,
    Nvme,
}

/// <summary>A Raspberry Pi that the image is for.</summary>
/// <param name="Name">As people call it.</param>
/// <param name="Tree">The device tree that the firmware takes for it, without .dtb.</param>
/// <param name="Overlay">An overlay that the firmware lays over it by itself, without .dtbo; null for none.</param>
internal sealed record Board(string Name, string Tree, string? Overlay = null)
{
    /// <summary>All of them. What the firmware takes for a Pi 5 with the D0 chip depends on its release.</summary>
    public static IReadOnlyList<Board> All { get; } =
    [
        new("3B", "bcm2837-rpi-3-b"), new("3B+", "bcm2837-rpi-3-b-plus"), new("3A+", "bcm2837-rpi-3-a-plus"),
        new("Zero 2 W", "bcm2837-rpi-zero-2-w"), new("CM3, CM3+", "bcm2837-rpi-cm3-io3"),
        new("4B", "bcm2711-rpi-4-b"), new("400", "bcm2711-rpi-400"), new("CM4", "bcm2711-rpi-cm4-io"),
        new("5 (C1 chip)", "bcm2712-rpi-5-b"), new("5 (D0 chip), 500", "bcm2712-d-rpi-5-b"),
        new("5 (D0 chip), by overlay", "bcm2712-rpi-5-b", "bcm2712d0"),
    ];

    private string Chip => Tree[..7];

    /// <summary>Modules that no device tree names: what reads the medium, and the USB controller behind what the tree names.</summary>
    public IReadOnlyList<string> Drivers(Medium medium) => (medium, Chip) switch
    {
        (Medium.Card, _) => ["mmc_block", "squashfs"],
        (Medium.Usb, "bcm2711") => ["usb_storage", "uas", "sd_mod", "squashfs", "xhci_pci"],
        (Medium.Usb, "bcm2712") => ["usb_storage", "uas", "sd_mod", "squashfs", "xhci_plat_hcd"],
        (Medium.Usb, _) => ["usb_storage", "uas", "sd_mod", "squashfs"],
        _ => ["nvme", "squashfs"],
    };

    /// <summary>The devices of a tree that the medium is plugged into; none where the board has no place for it.</summary>
    public IReadOnlyList<DeviceTreeNode> Hosts(DeviceTree tree, Medium medium)
    {
        IEnumerable<DeviceTreeNode> enabled = tree.All.Where(static n => n.IsEnabled && n.Compatible.Length > 0);
        IEnumerable<DeviceTreeNode> Of(string driver) => enabled.Where(n => n.Compatible.Contains(driver));
        return (medium, Chip) switch
        {
            // The other one has the Wi-Fi chip.
            (Medium.Card, _) => [.. enabled.Where(static n => Begins(n, "mmc@") && !n.Children.Any(static c => Begins(c, "wifi")))],
            (Medium.Usb, "bcm2837") => [.. Of("brcm,bcm2835-usb")],

            // The ports of a 4B are behind a PCI device, which may have a node, for its reset. A CM4 has the chip's own.
            (Medium.Usb, "bcm2711") when Name == "CM4" => [.. Of("brcm,bcm2711-pcie"), .. Of("brcm,bcm2835-usb")],
            (Medium.Usb, "bcm2711") => [.. Of("brcm,bcm2711-pcie").SelectMany(static n => n.SelfAndBelow())],
            (Medium.Usb, "bcm2712") => [.. Of("snps,dwc3")],
            (Medium.Nvme, "bcm2711") when Name == "CM4" => [.. Of("brcm,bcm2711-pcie")],

            // The other one has RP1.
            (Medium.Nvme, "bcm2712") =>
                [.. Of("brcm,bcm2712-pcie").Where(static n => !n.SelfAndBelow().Any(static below => below.Compatible.Contains("pci1de4,1")))],
            _ => [],
        };
    }

    private static bool Begins(DeviceTreeNode node, string name) => node.Name.StartsWith(name, StringComparison.Ordinal);
}
