using System.CommandLine;
using Bramble.Commands;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    // A file or a pipe has no edge to wrap at, and knows no colours; Spectre looks at TERM alone.
    AnsiConsole.Profile.Width = 160;
    AnsiConsole.Profile.Capabilities.Ansi = false;
    AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
}

ParseResult result = RootCommandLine.Create().Parse(args);
var invocation = new InvocationConfiguration();
if (result.CommandResult.Command is ServiceCommand)
{
    invocation.ProcessTerminationTimeout = null;
}

return result.Invoke(invocation);
