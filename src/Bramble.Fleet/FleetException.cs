namespace Bramble.Fleet;

/// <summary>A change of the fleet was refused. The message is for a person: what is wrong and the way out.</summary>
public sealed class FleetException : Exception
{
    /// <summary>With a message for a person.</summary>
    public FleetException(string message)
        : base(message)
    {
    }
}
