namespace Bramble.Linux.Sockets;

/// <summary>Why a UDP socket could not be bound.</summary>
public enum UdpBindFailure
{
    /// <summary>Another reason; the exception's message has the system's text.</summary>
    Other,

    /// <summary>The port is held by another socket.</summary>
    InUse,

    /// <summary>The process may not bind a port below 1024.</summary>
    NotPermitted,

    /// <summary>No interface of this machine has the address.</summary>
    NoSuchAddress,

    /// <summary>There is no interface of that name.</summary>
    NoSuchInterface,
}
