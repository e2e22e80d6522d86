using System.CommandLine;
using Bramble.Configuration;

namespace Bramble.Commands;

/// <summary>A verb that runs in the foreground until it is told to stop, as systemd runs it: reads the configuration, logs, ends by SIGTERM or Ctrl-C.</summary>
internal static class ServiceCommand
{
    /// <summary>The verb.</summary>
    /// <param name="name">Its word.</param>
    /// <param name="description">What it does.</param>
    /// <param name="run">Does it; returns the exit code.</param>
    public static Command Create(string name, string description, Func<ServiceRun, Task<int>> run)
    {
        Option<string> file = ConfigCommand.FileOption();
        var command = new Command(name, description) { file };
        command.SetAction(async (result, _) =>
        {
            string path = result.GetRequiredValue(file);
            if (ConfigCommand.LoadOrExplain(path) is not { } config)
            {
                return ExitCode.Usage;
            }

            using var service = new ServiceRun(path, config);
            return await run(service);
        });
        return command;
    }
}
