namespace Bramble.Linux.Processes;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Exit code; 128 and the signal's number if a signal ended it.</param>
/// <param name="Output">What it wrote to standard output, up to a limit.</param>
/// <param name="Error">What it wrote to standard error, up to a limit.</param>
public sealed record ProcessResult(int ExitCode, string Output, string Error)
{
    /// <summary>It ended with 0.</summary>
    public bool Succeeded => ExitCode == 0;

    /// <summary>Its own words in one line, for a message: the last line of standard error, else of standard output, else the exit code.</summary>
    public string Words => LastLine(Error) ?? LastLine(Output) ?? $"exit code {ExitCode}";

    private static string? LastLine(string text)
    {
        string trimmed = text.TrimEnd();
        return trimmed.Length == 0 ? null : trimmed[(trimmed.LastIndexOf('\n') + 1)..].Trim();
    }
}
