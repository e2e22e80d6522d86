namespace Bramble.Linux.DBus;

/// <summary>
/// A reply, a signal or a call as it was received. D-Bus types become: y byte, b bool, n short, q ushort, i int, u uint, x long,
/// t ulong, d double; s, o and g string; v <see cref="BusVariant"/>; as (ao, ag) string[]; a{s…} Dictionary&lt;string, object&gt;;
/// other arrays and structs object[].
/// </summary>
public sealed record BusMessage
{
    /// <summary>Signature of the body.</summary>
    public required string Signature { get; init; }

    /// <summary>The body: one value for each complete type of the signature.</summary>
    public required IReadOnlyList<object> Values { get; init; }

    /// <summary>Unique name of the sender; empty if the bus gave none.</summary>
    public required string Sender { get; init; }

    /// <summary>Object path; empty for a reply.</summary>
    public required string Path { get; init; }

    /// <summary>Interface; empty for a reply.</summary>
    public required string Interface { get; init; }

    /// <summary>Method or signal; empty for a reply.</summary>
    public required string Member { get; init; }

    /// <summary>One value of the body.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <exception cref="BusException">There is no such value or it has another type: the other side speaks another version.</exception>
    public T Get<T>(int index)
    {
        if (index < Values.Count && Values[index] is T value)
        {
            return value;
        }
        throw new BusException(BusErrors.InvalidArgs, $"Value {index} of {(Member.Length == 0 ? "a reply" : Member)} with signature '{Signature}' is not a {typeof(T).Name}.");
    }
}
