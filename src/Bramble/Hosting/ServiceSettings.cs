using Bramble.Configuration;

namespace Bramble.Hosting;

/// <summary>What a service process is started with.</summary>
/// <param name="Name">The verb that runs it.</param>
/// <param name="ConfigPath">The configuration file.</param>
/// <param name="Config">The configuration that the file had at the start.</param>
internal sealed record ServiceSettings(string Name, string ConfigPath, BrambleConfig Config);
