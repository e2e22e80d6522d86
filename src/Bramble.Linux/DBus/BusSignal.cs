namespace Bramble.Linux.DBus;

/// <summary>A signal of an exported interface, for introspection.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Signature">Signature of its arguments.</param>
/// <param name="ArgumentNames">One for every argument, or none at all.</param>
public sealed record BusSignal(string Name, string Signature, params string[] ArgumentNames);
