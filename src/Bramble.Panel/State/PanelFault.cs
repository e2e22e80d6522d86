namespace Bramble.Panel.State;

/// <summary>A fault.</summary>
/// <param name="Code">Its stable code, such as BR103.</param>
/// <param name="Who">The client or board.</param>
/// <param name="Title">What it is.</param>
/// <param name="Hint">What to do, in a few words.</param>
/// <param name="IsAttention">Nothing is broken; it only wants a look.</param>
public sealed record PanelFault(string Code, string Who, string Title, string Hint, bool IsAttention = false)
{
    /// <summary>What makes it the same fault as one that was seen before.</summary>
    public (string Code, string Who) Key => (Code, Who);
}
