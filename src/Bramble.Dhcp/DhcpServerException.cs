namespace Bramble.Dhcp;

/// <summary>The DHCP server cannot start. The message is for a person: what is wrong, and what to do.</summary>
public sealed class DhcpServerException : Exception
{
    /// <summary>Makes one.</summary>
    public DhcpServerException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
