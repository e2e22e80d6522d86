namespace Bramble.Integration.Tests.Lab;

/// <summary>How a program ended and what it printed.</summary>
internal sealed record ShellResult(int ExitCode, string Output, string Error)
{
    /// <summary>Fails the test if the program ended with none of these exit codes: it was not there, or did something else than the test wants.</summary>
    public ShellResult Expect(params ReadOnlySpan<int> codes) =>
        codes.Contains(ExitCode) ? this : throw new InvalidOperationException($"The exit code is {ExitCode}:\n{Output}{Error}");
}
