using Bramble.Appliance.Tests.Boards;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>
/// The image for Raspberry Pis held against the device tree of each board: a disk is found only when every device that it waits for
/// has its driver in the kernel or in the initramfs.
/// </summary>
[Trait("kind", "vm")]
[Collection(Arm64Tests.Name)]
public sealed class Arm64BoardTests(Arm64Image image)
{
    private const string Rp1 = "/axi/pcie@1000120000/pci@0,0/dev@0,0/pci-ep-bus@1";

    private readonly string[] _modules =
    [
        .. Initramfs.Names(File.ReadAllBytes(image.CopyOf("initrd"))).Where(static name => name.Contains(".ko", StringComparison.Ordinal))
            .Select(DriverModules.NameOf),
    ];

    [Fact]
    public void Each_board_finds_its_root_on_each_medium_as_the_documentation_has_it()
    {
        BoardStarts starts = Starts(_modules);
        string table = starts.Table();
        TestContext.Current.TestOutputHelper!.WriteLine($"{_modules.Length} modules in the initramfs\n{table}");
        foreach (Board board in Board.All)
        {
            foreach (Medium medium in Enum.GetValues<Medium>())
            {
                IReadOnlyList<string>? missing = starts.Missing(board, medium);
                Assert.True(missing is null or [], $"{board.Name} from {medium}: {string.Join(", ", missing ?? [])}");
                Assert.True(missing is not null || medium == Medium.Nvme, $"{board.Name} has no place for {medium}");
            }
        }

        Assert.Contains(table, File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "image.md")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fixed", "4B Card", "400 Card", "CM4 Card", "5 (C1 chip) Card", "5 (D0 chip), 500 Card")]
    [InlineData("phy_generic", "3B Usb", "3B+ Usb", "Zero 2 W Usb", "CM4 Usb")]
    [InlineData("gpio_brcmstb", "5 (C1 chip) Card", "5 (D0 chip), 500 Card")]
    [InlineData("pinctrl_brcmstb_bcm2712", "5 (C1 chip) Card", "5 (D0 chip), 500 Card", "5 (D0 chip), by overlay Card")]
    [InlineData("irq_bcm2712_mip", "5 (C1 chip) Usb", "5 (C1 chip) Nvme", "5 (D0 chip), 500 Nvme")]
    [InlineData("rp1_pci", "5 (C1 chip) Usb", "5 (D0 chip), 500 Usb")]
    [InlineData("pinctrl_rp1", "5 (C1 chip) Usb")]
    [InlineData("reset_raspberrypi", "4B Usb", "400 Usb")]
    [InlineData("sdhci_iproc", "4B Card", "400 Card", "CM4 Card")]
    [InlineData("nvme_core", "CM4 Nvme", "5 (C1 chip) Nvme")]
    public void Without_one_supplier_those_boards_do_not_start(string module, params string[] boards)
    {
        Assert.Contains(module, _modules);
        BoardStarts starts = Starts(_modules.Where(name => name != module));
        string[] dark =
        [
            .. from board in Board.All
               from medium in Enum.GetValues<Medium>()
               where starts.Missing(board, medium) is [_, ..]
               select $"{board.Name} {medium}",
        ];
        Assert.All(boards, board => Assert.Contains(board, dark));
    }

    [Fact]
    public void What_the_firmware_lays_over_the_tree_of_a_Pi_5_makes_the_one_of_the_D0_chip_of_it()
    {
        string other = Sorted(image.CopyOf("bcm2712-d-rpi-5-b.dtb"));
        Assert.NotEqual(other, Sorted(image.CopyOf("bcm2712-rpi-5-b.dtb")));
        Assert.Equal(other, Sorted(Overlaid(image.CopyOf("bcm2712-rpi-5-b.dtb"), "bcm2712d0")));

        // Also where it takes the right tree by itself.
        Assert.Equal(other, Sorted(Overlaid(image.CopyOf("bcm2712-d-rpi-5-b.dtb"), "bcm2712d0")));
    }

    [Theory]
    [InlineData("bcm2837", "bramble-panel", "/soc/i2c@7e804000", "/soc/gpio@7e200000")]
    [InlineData("bcm2711", "bramble-panel", "/soc/i2c@7e804000", "/soc/gpio@7e200000")]
    [InlineData("bcm2712", "bramble-panel-pi5", $"{Rp1}/i2c@40074000", $"{Rp1}/pinctrl@400d0000")]
    public void The_front_panel_can_be_switched_on_with_every_tree(string chip, string overlay, string bus, string header)
    {
        string[] trees =
        [
            .. image.BootFiles("bramble/a").Where(name =>
                name.StartsWith(chip, StringComparison.Ordinal) && name.EndsWith("dtb", StringComparison.Ordinal)),
        ];
        Assert.NotEmpty(trees);
        foreach (string name in trees)
        {
            DeviceTree tree = Parse(File.ReadAllBytes(Overlaid(image.CopyOf(name), overlay)));
            DeviceTreeNode i2c = Assert.Single(tree.All, n => n.Path == bus), gpio = Assert.Single(tree.All, n => n.Path == header);
            Assert.True(i2c.IsEnabled && i2c.Cell("clock-frequency") == 400_000, name);
            DeviceTreeNode[] pins = [.. i2c.Cells("pinctrl-0").Select(tree.ByPhandle).OfType<DeviceTreeNode>()];
            Assert.All(pins, pin => Assert.Equal(gpio, pin.Parent));
            Assert.NotEmpty(pins);
            foreach ((string node, uint line) in ((string, uint)[])
                [("/bramble-leds/status", 17), ("/bramble-leds/activity", 22), ("/bramble-keys/button", 27)])
            {
                uint[] cells = Assert.Single(tree.All, n => n.Path == node).Cells("gpios");
                Assert.Equal((gpio, line), (tree.ByPhandle(cells[0]), cells[1]));
            }
        }

        // Which of the two it is, the firmware reads here.
        DeviceTree map = Parse(image.BootFile("bramble/a/overlays/overlay_map.dtb"));
        DeviceTreeNode entry = Assert.Single(map.Root.Children, static n => n.Name == "bramble-panel");
        Assert.Equal(chip == "bcm2712" ? [overlay] : [], entry.Strings(chip == "bcm2837" ? "bcm2835" : chip));
    }

    private static DeviceTree Parse(byte[] bytes)
    {
        Assert.True(DeviceTree.TryParse(bytes, out DeviceTree? tree));
        return tree;
    }

    private static string Sorted(string tree) => Shell.Run("dtc", "-q", "-s", "-I", "dtb", "-O", "dts", tree);

    private BoardStarts Starts(IEnumerable<string> modules)
    {
        string kernel = Assert.Single(Directory.GetDirectories(Path.Combine(image.System, "usr", "lib", "modules")));
        string Text(string name) => File.ReadAllText(Path.Combine(kernel, name));
        var drivers = new DriverModules(Text("modules.alias"), Text("modules.dep"), File.ReadAllBytes(image.CopyOf("linux")), modules);
        return new BoardStarts(TreeOf, drivers);
    }

    private DeviceTree TreeOf(Board board)
    {
        string tree = image.CopyOf(board.Tree + ".dtb");
        return Parse(File.ReadAllBytes(board.Overlay is null ? tree : Overlaid(tree, board.Overlay)));
    }

    private string Overlaid(string tree, string overlay)
    {
        string made = Path.Combine(image.Folder, $"{overlay}-{Path.GetFileName(tree)}");
        if (!File.Exists(made))
        {
            Shell.Run("fdtoverlay", "-i", tree, "-o", made, image.CopyOf($"overlays/{overlay}.dtbo"));
        }

        return made;
    }
}
