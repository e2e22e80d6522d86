using Bramble.Commands;
using Spectre.Console;

if (Console.IsOutputRedirected)
{
    // A file or a pipe has no edge to wrap at, and knows no colours; Spectre looks at TERM alone.
    AnsiConsole.Profile.Width = 160;
    AnsiConsole.Profile.Capabilities.Ansi = false;
    AnsiConsole.Profile.Capabilities.ColorSystem = ColorSystem.NoColors;
}

return RootCommandLine.Create().Parse(args).Invoke();
