using Bramble.Configuration;

namespace Bramble.Hosting;

/// <summary>A part of a service that takes a new configuration while it runs.</summary>
internal interface IReloadable
{
    /// <summary>Takes the configuration as a whole, or refuses it and changes nothing.</summary>
    /// <returns>The mistakes for which it was refused; empty if it was taken.</returns>
    IReadOnlyList<string> Reload(BrambleConfig config);
}
