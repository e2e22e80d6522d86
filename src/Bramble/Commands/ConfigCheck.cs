using Bramble.Configuration;

namespace Bramble.Commands;

/// <summary>What <c>bramble config check</c> found.</summary>
/// <param name="File">The file.</param>
/// <param name="Mistakes">The mistakes, in the order of their lines.</param>
internal sealed record ConfigCheck(string File, IReadOnlyList<ConfigError> Mistakes);
