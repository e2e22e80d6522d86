using System.Buffers.Binary;
using System.Text;

namespace Bramble.Appliance.Tests.Boards;

/// <summary>A node of a device tree.</summary>
internal sealed class DeviceTreeNode
{
    private readonly List<DeviceTreeNode> _children = [];
    private readonly Dictionary<string, byte[]> _properties = new(StringComparer.Ordinal);

    public DeviceTreeNode(string name, DeviceTreeNode? parent)
    {
        (Name, Parent) = (name, parent);
        parent?._children.Add(this);
    }

    public string Name { get; }

    public DeviceTreeNode? Parent { get; }

    public IReadOnlyList<DeviceTreeNode> Children => _children;

    public IReadOnlyDictionary<string, byte[]> Properties => _properties;

    public string Path => Parent is null ? "/" : Parent.Parent is null ? "/" + Name : $"{Parent.Path}/{Name}";

    /// <summary>The names of the drivers that fit, the best one first.</summary>
    public string[] Compatible => Strings("compatible");

    /// <summary>False for what the board does not have: Linux makes no device of it, nor of anything below.</summary>
    public bool IsEnabled => (Strings("status") is [] or ["okay"] or ["ok"]) && Parent is null or { IsEnabled: true };

    public void Set(string property, byte[] value) => _properties[property] = value;

    /// <summary>A property of one cell; null where it is not there.</summary>
    public uint? Cell(string property) => Cells(property) is [var cell, ..] ? cell : null;

    /// <summary>A property as cells of 32 bits; bytes behind the last whole one are left out.</summary>
    public uint[] Cells(string property)
    {
        byte[] value = _properties.GetValueOrDefault(property, []);
        return [.. Enumerable.Range(0, value.Length / 4).Select(i => BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan(i * 4)))];
    }

    /// <summary>A property as strings.</summary>
    public string[] Strings(string property) =>
        Encoding.ASCII.GetString(_properties.GetValueOrDefault(property, [])).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The node and all above it.</summary>
    public IEnumerable<DeviceTreeNode> SelfAndAbove()
    {
        for (DeviceTreeNode? node = this; node is not null; node = node.Parent)
        {
            yield return node;
        }
    }

    /// <summary>The node and all below it.</summary>
    public IEnumerable<DeviceTreeNode> SelfAndBelow() => _children.SelectMany(static child => child.SelfAndBelow()).Prepend(this);
}
