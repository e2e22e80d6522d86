using System.Buffers.Binary;
using System.Text;

namespace Bramble.VirtualPi.Boot;

/// <summary>
/// overlays/overlay_map.dtb: which file an overlay's name stands for on which SoC family. Read from the flattened
/// device tree (Devicetree Specification v0.4, chapter 5); anything malformed gives an empty map.
/// </summary>
internal sealed class OverlayMap
{
    private readonly Dictionary<(string Name, string Property), string> _entries = [];

    private OverlayMap()
    {
    }

    /// <summary>The file's base name for an overlay on a platform such as <c>bcm2711</c>.</summary>
    public string Resolve(string overlay, string platform)
    {
        string name = _entries.GetValueOrDefault((overlay, "renamed")) is { Length: > 0 } renamed ? renamed : overlay;
        return _entries.GetValueOrDefault((name, platform)) is { Length: > 0 } other ? other : name;
    }

    /// <summary>Reads a map.</summary>
    public static OverlayMap Parse(ReadOnlySpan<byte> tree)
    {
        var map = new OverlayMap();
        if (!map.TryRead(tree))
        {
            map._entries.Clear();
        }

        return map;
    }

    private bool TryRead(ReadOnlySpan<byte> tree)
    {
        if (tree.Length < 40 || BinaryPrimitives.ReadUInt32BigEndian(tree) != 0xd00dfeed)
        {
            return false;
        }

        uint structure = BinaryPrimitives.ReadUInt32BigEndian(tree[8..]);
        uint strings = BinaryPrimitives.ReadUInt32BigEndian(tree[12..]);
        if (structure > tree.Length || strings > tree.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> names = tree[(int)strings..];
        int at = (int)structure;
        int depth = 0;
        string node = "";
        while (at + 4 <= tree.Length)
        {
            uint token = BinaryPrimitives.ReadUInt32BigEndian(tree[at..]);
            at += 4;
            switch (token)
            {
                case 1:
                    string name = Text(tree[at..]);
                    at = Align(at + Encoding.UTF8.GetByteCount(name) + 1);
                    node = ++depth == 2 ? name : node;
                    break;
                case 2:
                    depth--;
                    break;
                case 3:
                    if (at + 8 > tree.Length)
                    {
                        return false;
                    }

                    uint length = BinaryPrimitives.ReadUInt32BigEndian(tree[at..]);
                    uint offset = BinaryPrimitives.ReadUInt32BigEndian(tree[(at + 4)..]);
                    at += 8;
                    if (length > tree.Length - at || offset >= names.Length)
                    {
                        return false;
                    }

                    if (depth == 2)
                    {
                        _entries[(node, Text(names[(int)offset..]))] = Text(tree.Slice(at, (int)length));
                    }

                    at = Align(at + (int)length);
                    break;
                case 4:
                    break;
                default:
                    return token == 9;
            }
        }

        return false;
    }

    private static int Align(int at) => (at + 3) & ~3;

    private static string Text(ReadOnlySpan<byte> octets)
    {
        int end = octets.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? octets : octets[..end]);
    }
}
