using System.Text;

namespace Bramble.Appliance.Tests.Boards;

/// <summary>Whether each board finds its root on each medium: the table of boards and media, and what is missing.</summary>
/// <param name="treeOf">The device tree that the firmware hands to the kernel of a board.</param>
/// <param name="modules">The drivers that are at hand then.</param>
internal sealed class BoardStarts(Func<Board, DeviceTree> treeOf, DriverModules modules)
{
    /// <summary>What is missing for a start, each with the device that waits; null where the board has no place for the medium.</summary>
    public IReadOnlyList<string>? Missing(Board board, Medium medium)
    {
        DeviceTree tree = treeOf(board);
        IReadOnlyList<DeviceTreeNode> hosts = board.Hosts(tree, medium);
        return hosts.Count == 0 ? null :
        [
            .. hosts.SelectMany(host => Suppliers.Of(tree, host)).Distinct()
                .Select(device => modules.MissingFor(device) is { } module ? $"{module} ({device.Path})" : null)
                .Concat(board.Drivers(medium).Select(modules.Missing)).OfType<string>(),
        ];
    }

    /// <summary>The table, as docs/reference/image.md has it.</summary>
    public string Table()
    {
        var table = new StringBuilder("| board | card | USB | NVMe |\n|---|---|---|---|\n");
        foreach (Board board in Board.All)
        {
            string[] cells = [.. Enum.GetValues<Medium>().Select(medium => Missing(board, medium) switch
            {
                null => "",
                [] => "yes",
                var missing => "**no**: " + string.Join(", ", missing.Select(static m => m.Split(' ')[0]).Distinct()),
            })];
            table.Append("| ").Append(board.Name).Append(" | ").AppendJoin(" | ", cells).Append(" |\n");
        }

        return table.ToString();
    }
}
