using Bramble.Linux.Processes;

namespace Bramble.Storage.Tests.Support;

internal static class Shell
{
    /// <summary>Runs a script of the test's own; fails the test if it fails.</summary>
    public static async Task<string> RunAsync(string script)
    {
        ProcessResult result = await ChildProcess.RunAsync("bash", ["-euc", script], CancellationToken.None);
        return result.Succeeded ? result.Output.TrimEnd() : throw new InvalidOperationException($"{script}\n{result.Error}");
    }
}
