namespace Bramble.Linux.DBus;

/// <summary>A value that brings its type along (D-Bus type <c>v</c>).</summary>
/// <param name="Signature">Signature of one complete type.</param>
/// <param name="Value">The value, as at <see cref="BusMessage"/>.</param>
public sealed record BusVariant(string Signature, object Value);
