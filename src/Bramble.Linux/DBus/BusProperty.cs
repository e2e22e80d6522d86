namespace Bramble.Linux.DBus;

/// <summary>A read-only property of an exported interface.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Signature">Signature of one complete type.</param>
/// <param name="Get">Reads it, quickly: it runs on the connection's own thread.</param>
public sealed record BusProperty(string Name, string Signature, Func<object> Get);
