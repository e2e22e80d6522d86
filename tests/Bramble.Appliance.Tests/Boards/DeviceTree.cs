using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Bramble.Appliance.Tests.Boards;

/// <summary>A flattened device tree (devicetree specification 0.4, chapter 5), read whole.</summary>
internal sealed class DeviceTree
{
    private const int HeaderLength = 40;
    private const int DeepestNode = 64;
    private const uint Magic = 0xD00DFEED;
    private readonly Dictionary<uint, DeviceTreeNode> _byPhandle = [];

    private DeviceTree(DeviceTreeNode root)
    {
        Root = root;
        foreach (DeviceTreeNode node in All)
        {
            if (node.Cell("phandle") is uint phandle)
            {
                _byPhandle.TryAdd(phandle, node);
            }
        }
    }

    private enum Token : uint
    {
        BeginNode = 1,
        EndNode = 2,
        Property = 3,
        Nop = 4,
        End = 9,
    }

    public DeviceTreeNode Root { get; }

    /// <summary>Every node, parents first.</summary>
    public IEnumerable<DeviceTreeNode> All => Root.SelfAndBelow();

    /// <summary>Reads a tree; false where the bytes are not one.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DeviceTree? tree)
    {
        tree = null;
        if (bytes.Length < HeaderLength || Word(bytes, 0) != Magic || Word(bytes, 4) < HeaderLength || Word(bytes, 4) > (uint)bytes.Length)
        {
            return false;
        }

        bytes = bytes[..(int)Word(bytes, 4)];
        if (!TrySlice(bytes, Word(bytes, 8), Word(bytes, 36), out ReadOnlySpan<byte> structure) ||
            !TrySlice(bytes, Word(bytes, 12), Word(bytes, 32), out ReadOnlySpan<byte> strings) ||
            ReadNodes(structure, strings) is not { } root)
        {
            return false;
        }

        tree = new DeviceTree(root);
        return true;
    }

    /// <summary>The node that a phandle stands for; null for none.</summary>
    public DeviceTreeNode? ByPhandle(uint phandle) => _byPhandle.GetValueOrDefault(phandle);

    private static DeviceTreeNode? ReadNodes(ReadOnlySpan<byte> structure, ReadOnlySpan<byte> strings)
    {
        DeviceTreeNode? root = null, node = null;
        int position = 0, depth = 0;
        while (position + 4 <= structure.Length)
        {
            var token = (Token)Word(structure, position);
            position += 4;
            switch (token)
            {
                case Token.BeginNode when (node is not null || root is null) && depth < DeepestNode:
                    if (!TryText(structure, position, out string? name, out int end))
                    {
                        return null;
                    }

                    position = Aligned(end);
                    var child = new DeviceTreeNode(name, node);
                    root ??= child;
                    node = child;
                    depth++;
                    break;
                case Token.EndNode when node is not null:
                    node = node.Parent;
                    depth--;
                    break;
                case Token.Property when node is not null && position + 8 <= structure.Length:
                    uint length = Word(structure, position), nameAt = Word(structure, position + 4);
                    position += 8;
                    if (nameAt > int.MaxValue ||
                        !TryText(strings, (int)nameAt, out string? property, out _) ||
                        !TrySlice(structure, (uint)position, length, out ReadOnlySpan<byte> value))
                    {
                        return null;
                    }

                    node.Set(property, value.ToArray());
                    position = Aligned(position + (int)length);
                    break;
                case Token.Nop:
                    break;
                case Token.End when node is null:
                    return root;
                default:
                    return null;
            }
        }

        return null;
    }

    private static int Aligned(int position) => (position + 3) & ~3;

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    private static bool TrySlice(ReadOnlySpan<byte> bytes, uint at, uint length, out ReadOnlySpan<byte> slice)
    {
        bool fits = at <= (uint)bytes.Length && length <= (uint)bytes.Length - at;
        slice = fits ? bytes.Slice((int)at, (int)length) : default;
        return fits;
    }

    private static bool TryText(ReadOnlySpan<byte> bytes, int at, [NotNullWhen(true)] out string? text, out int end)
    {
        int length = at <= bytes.Length ? bytes[at..].IndexOf((byte)0) : -1;
        text = length < 0 ? null : Encoding.ASCII.GetString(bytes.Slice(at, length));
        end = at + length + 1;
        return text is not null;
    }
}
