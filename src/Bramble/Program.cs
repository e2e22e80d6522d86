using Bramble.Commands;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    // A file or a pipe has no edge to wrap at.
    AnsiConsole.Profile.Width = 160;
}

return RootCommandLine.Create().Parse(args).Invoke();
