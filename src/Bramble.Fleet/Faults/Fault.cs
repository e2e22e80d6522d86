namespace Bramble.Fleet.Faults;

/// <summary>A named reason for a boot that stands still. <see cref="FaultCatalogue"/> says more of its code.</summary>
/// <param name="Code">Stable code, such as BR103.</param>
/// <param name="Title">What it is.</param>
/// <param name="Seen">What the server saw this time, with names and numbers.</param>
/// <param name="Cause">The likely cause.</param>
/// <param name="Fix">What to do.</param>
/// <param name="Since">Since when, UTC.</param>
public sealed record Fault(string Code, string Title, string Seen, string Cause, string Fix, DateTimeOffset Since)
{
    /// <summary>A fault of the catalogue, with its title.</summary>
    internal static Fault Of(string code, string seen, string cause, string fix, DateTimeOffset since) =>
        new(code, FaultCatalogue.Get(code).Title, seen, cause, fix, since);
}
