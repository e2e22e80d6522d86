using System.Buffers.Binary;
using Bramble.Appliance.Tests.Boards;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>The reader of device trees and the rules by which suppliers and modules are found, on trees made here.</summary>
public sealed class Arm64DeviceTreeTests : IDisposable
{
    private const string Source = """
        /dts-v1/;
        / {
            #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>;
            gic: interrupt-controller@1 { reg = <1 1>; compatible = "arm,gic"; interrupt-controller; #interrupt-cells = <3>; };
            osc: clock { compatible = "fixed-clock"; #clock-cells = <0>; };
            clocks: cprman@2 { reg = <2 1>; compatible = "brcm,clocks"; #clock-cells = <1>; clocks = <&osc>; };
            expander: gpio@3 { reg = <3 1>; compatible = "brcm,gpio"; gpio-controller; #gpio-cells = <2>;
                card_pins: pins { function = "sd"; }; };
            power: regulator { compatible = "regulator-fixed"; gpio = <&expander 4 0>; };
            gone: phy { compatible = "usb-nop-xceiv"; #phy-cells = <0>; status = "disabled"; };
            bus { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges;
                mmc@9 { reg = <9 1>; compatible = "brcm,card", "brcm,sdhci"; clocks = <&osc>, <&clocks 5>; vmmc-supply = <&power>;
                    pinctrl-0 = <&card_pins>; phys = <&gone>; interrupts = <0 1 4>; };
            };
        };
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("bramble-tree-").FullName;

    [Fact]
    public void A_disk_waits_for_what_its_properties_name_and_for_what_those_wait_for()
    {
        Assert.True(DeviceTree.TryParse(Bytes(), out DeviceTree? tree));
        DeviceTreeNode card = Assert.Single(tree.All, static n => n.Path == "/bus/mmc@9");
        Assert.Equal(["brcm,card", "brcm,sdhci"], card.Compatible);
        Assert.Equal(
            ["/bus", "/bus/mmc@9", "/clock", "/cprman@2", "/gpio@3", "/interrupt-controller@1", "/regulator"],
            Suppliers.Of(tree, card).Select(static n => n.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_module_is_missing_with_its_device_and_what_is_built_in_is_not()
    {
        Assert.True(DeviceTree.TryParse(Bytes(), out DeviceTree? tree));
        DeviceTreeNode Node(string path) => tree.All.Single(n => n.Path == path);
        DriverModules Modules(params string[] atHand) => new(
            "# aliases\nalias of:N*T*Cregulator-fixed fixed\nalias of:N*T*Cregulator-fixedC* fixed\nalias of:N*T*Cbrcm,sdhci sdhci-iproc\n",
            "kernel/fixed.ko.xz:\nkernel/sdhci-iproc.ko.xz: kernel/sdhci.ko.xz\nkernel/sdhci.ko.xz:\n",
            "x\0arm,gic\0brcm,clocks2\0"u8.ToArray(), atHand);
        Assert.Null(Modules("fixed").MissingFor(Node("/regulator")));
        Assert.Equal("fixed", Modules().MissingFor(Node("/regulator")));
        Assert.Null(Modules("sdhci_iproc", "sdhci").MissingFor(Node("/bus/mmc@9")));
        Assert.Equal("sdhci", Modules("sdhci-iproc").MissingFor(Node("/bus/mmc@9")));
        Assert.Null(Modules().MissingFor(Node("/interrupt-controller@1")));
        Assert.Equal("a driver of brcm,clocks", Modules().MissingFor(Node("/cprman@2")));
    }

    [Fact]
    public void Bytes_that_are_no_tree_are_refused_and_a_damaged_one_is_never_an_exception()
    {
        byte[] good = Bytes();
        Assert.True(DeviceTree.TryParse(good, out _));
        Assert.False(DeviceTree.TryParse([], out _));
        Assert.False(DeviceTree.TryParse(new byte[64], out _));
        for (int length = 0; length < good.Length; length++)
        {
            Assert.False(DeviceTree.TryParse(good.AsSpan(0, length), out _));
        }

        // Offsets and lengths of the header, and then every word, made impossible.
        for (int at = 0; at + 4 <= good.Length; at += 4)
        {
            foreach (uint word in (uint[])[0, 1, 2, 3, 9, 0x7FFFFFFF, 0x80000000, uint.MaxValue, (uint)good.Length])
            {
                byte[] bad = [.. good];
                BinaryPrimitives.WriteUInt32BigEndian(bad.AsSpan(at), word);
                if (DeviceTree.TryParse(bad, out DeviceTree? tree))
                {
                    Assert.All(tree.All.ToList(), node => Suppliers.Of(tree, node));
                }
                else
                {
                    Assert.Null(tree);
                }
            }
        }

        // 100,000 nodes, each in the one before it.
        byte[] deep = [.. Enumerable.Repeat<byte[]>([0, 0, 0, 1, 0, 0, 0, 0], 100_000).SelectMany(static b => b)];
        byte[] header = new byte[40];
        foreach ((int at, int word) in ((int, int)[])
            [(0, unchecked((int)0xD00DFEED)), (4, 40 + deep.Length), (8, 40), (12, 40), (32, 0), (36, deep.Length)])
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(at), word);
        }

        Assert.False(DeviceTree.TryParse([.. header, .. deep], out _));
    }

    [Fact]
    public void Names_of_an_initramfs_are_read_up_to_its_packed_part_and_a_broken_one_is_refused()
    {
        Shell.Run("bash", "-euc", $"""
            cd {_folder}; mkdir -p usr/lib; echo x >usr/lib/fixed.ko.xz
            find usr | busybox cpio -o -H newc 2>/dev/null >plain
            (cat plain; head -c 512 /dev/zero; echo packed) >all
            """);
        byte[] bytes = File.ReadAllBytes(Path.Combine(_folder, "all"));
        var names = new List<string>();
        Assert.Equal(bytes.Length - "packed\n".Length, Initramfs.Read(bytes, names));
        Assert.Contains("usr/lib/fixed.ko.xz", names);
        Assert.Throws<InvalidDataException>(() => Initramfs.Read(bytes.AsSpan(0, 150), []));
        "zzzzzzzz"u8.CopyTo(bytes.AsSpan(94));
        Assert.Throws<InvalidDataException>(() => Initramfs.Read(bytes, []));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private byte[] Bytes()
    {
        string file = Path.Combine(_folder, "tree");
        File.WriteAllText(file + ".dts", Source);
        Shell.Run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", file + ".dtb", file + ".dts");
        return File.ReadAllBytes(file + ".dtb");
    }
}
