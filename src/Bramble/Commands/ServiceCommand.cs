using System.CommandLine;
using Bramble.Configuration;
using Bramble.Hosting;
using Microsoft.Extensions.Hosting;

namespace Bramble.Commands;

/// <summary>
/// A verb that runs a service in the foreground, as systemd starts it, until SIGTERM or Ctrl-C. Its host handles these signals, so
/// System.CommandLine must not (<see cref="InvocationConfiguration.ProcessTerminationTimeout"/>): its handler ends the process after two
/// seconds.
/// </summary>
internal sealed class ServiceCommand : Command
{
    /// <param name="name">Its word.</param>
    /// <param name="description">What it does.</param>
    /// <param name="build">Makes the service, or returns what is wrong with the configuration.</param>
    /// <param name="fix">What to do about a failure, to be put after its message; empty for nothing.</param>
    public ServiceCommand(
        string name, string description, Func<ServiceSettings, (IHost? Host, ConfigError? Error)> build,
        Func<BrambleConfig, Exception, string> fix)
        : base(name, description)
    {
        Option<string> file = ConfigCommand.FileOption();
        Add(file);
        SetAction(async (result, _) =>
        {
            string path = result.GetRequiredValue(file);
            if (ConfigCommand.LoadOrExplain(path) is not { } config)
            {
                return ExitCode.Usage;
            }

            IHost? host;
            ConfigError? error;
            try
            {
                (host, error) = build(new ServiceSettings(name, path, config));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync($"bramble {name}: {e.Message}{fix(config, e)}");
                return ExitCode.Failure;
            }

            if (host is null)
            {
                await Console.Error.WriteLineAsync(error?.ToString());
                return ExitCode.Usage;
            }

            return await ServiceHost.RunAsync(host, name, e => fix(config, e));
        });
    }
}
