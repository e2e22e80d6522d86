namespace Bramble.Appliance.Tests.Boards;

/// <summary>
/// What a device of a device tree waits for before Linux makes it: the nodes above it, and those that its properties name
/// (as drivers/of/property.c has them for fw_devlink), and what those wait for.
/// </summary>
internal static class Suppliers
{
    // A property of phandles, and the property of the supplier that says how many cells follow each of them.
    private static readonly Dictionary<string, string?> s_lists = new(StringComparer.Ordinal)
    {
        ["clocks"] = "#clock-cells", ["assigned-clocks"] = "#clock-cells", ["assigned-clock-parents"] = "#clock-cells",
        ["resets"] = "#reset-cells", ["phys"] = "#phy-cells", ["power-domains"] = "#power-domain-cells", ["dmas"] = "#dma-cells",
        ["iommus"] = "#iommu-cells", ["mboxes"] = "#mbox-cells", ["interconnects"] = "#interconnect-cells",
        ["interrupts-extended"] = "#interrupt-cells", ["msi-parent"] = "#msi-cells", ["gpio"] = "#gpio-cells", ["gpios"] = "#gpio-cells",
        ["mmc-pwrseq"] = null, ["nvmem-cells"] = null, ["firmware"] = null, ["raspberrypi,firmware"] = null,
    };

    /// <summary>The devices that a device needs: itself, those above it and their suppliers. Each has a driver ("compatible").</summary>
    public static IReadOnlyList<DeviceTreeNode> Of(DeviceTree tree, DeviceTreeNode device)
    {
        var seen = new HashSet<DeviceTreeNode>();
        var left = new Queue<DeviceTreeNode>([device]);
        while (left.TryDequeue(out DeviceTreeNode? node))
        {
            // A node without a driver, such as a pin state, is a part of the device above it.
            foreach (DeviceTreeNode each in node.SelfAndAbove().Where(static n => n.Parent is not null))
            {
                // Linux waits for none that the board does not have.
                if (each.IsEnabled && seen.Add(each))
                {
                    foreach (DeviceTreeNode supplier in Named(tree, each))
                    {
                        left.Enqueue(supplier);
                    }
                }
            }
        }

        return [.. seen.Where(static n => n.Compatible.Length > 0)];
    }

    /// <summary>The nodes that the properties of a node name as its suppliers.</summary>
    public static IEnumerable<DeviceTreeNode> Named(DeviceTree tree, DeviceTreeNode node)
    {
        foreach (string property in node.Properties.Keys)
        {
            IEnumerable<DeviceTreeNode> named = property switch
            {
                "interrupts" => InterruptParent(tree, node),
                "interrupt-map" => InterruptMap(tree, node),
                _ when s_lists.TryGetValue(property, out string? cells) => List(tree, node, property, cells),
                _ when property.EndsWith("-supply", StringComparison.Ordinal) ||
                    (property.StartsWith("pinctrl-", StringComparison.Ordinal) && char.IsAsciiDigit(property[^1])) =>
                    List(tree, node, property, null),
                _ when property.EndsWith("-gpios", StringComparison.Ordinal) || property.EndsWith("-gpio", StringComparison.Ordinal) =>
                    List(tree, node, property, "#gpio-cells"),
                _ => [],
            };
            foreach (DeviceTreeNode supplier in named)
            {
                yield return supplier;
            }
        }
    }

    private static IEnumerable<DeviceTreeNode> List(DeviceTree tree, DeviceTreeNode node, string property, string? cellsProperty)
    {
        uint[] cells = node.Cells(property);
        for (long i = 0; i < cells.Length; i++)
        {
            // Phandle 0 is a place left empty.
            if (tree.ByPhandle(cells[i]) is { } supplier)
            {
                yield return supplier;
                i += cellsProperty is null ? 0 : supplier.Cell(cellsProperty) ?? 0;
            }
        }
    }

    private static IEnumerable<DeviceTreeNode> InterruptParent(DeviceTree tree, DeviceTreeNode node)
    {
        foreach (DeviceTreeNode each in node.SelfAndAbove())
        {
            if (each.Cell("interrupt-parent") is uint phandle)
            {
                return tree.ByPhandle(phandle) is { } parent ? [parent] : [];
            }

            if (each != node && each.Properties.ContainsKey("interrupt-controller"))
            {
                return [each];
            }
        }

        return [];
    }

    // Each row: address and interrupt of the child, the parent, address and interrupt there.
    private static IEnumerable<DeviceTreeNode> InterruptMap(DeviceTree tree, DeviceTreeNode node)
    {
        uint[] cells = node.Cells("interrupt-map");
        long child = (node.Cell("#address-cells") ?? 2) + (long)(node.Cell("#interrupt-cells") ?? 1);
        for (long i = child; i < cells.Length;)
        {
            if (tree.ByPhandle(cells[i]) is not { } parent)
            {
                yield break;
            }

            yield return parent;
            i += 1 + (parent.Cell("#address-cells") ?? 0) + (long)(parent.Cell("#interrupt-cells") ?? 0) + child;
        }
    }
}
