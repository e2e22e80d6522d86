using Bramble.Linux.Processes;

namespace Bramble.Storage.Tests.Support;

internal static class Shell
{
    /// <summary>Makes a filesystem in a new file.</summary>
    public static Task MakeFilesystemAsync(string filesystem, string file, string size) => RunAsync($"""
        truncate -s {size} {file}
        # mkfs.btrfs asks every loop device of the machine what it holds, and gives up when another test's goes away meanwhile.
        until said=$(mkfs.{filesystem} -q {file} 2>&1); do
            [[ $said == *"cannot check mount status"* ]] || (echo "$said" >&2; exit 1)
            sleep 0.05
        done
        """);

    /// <summary>Runs a script of the test's own; fails the test if it fails.</summary>
    public static async Task<string> RunAsync(string script)
    {
        ProcessResult result = await ChildProcess.RunAsync("bash", ["-euc", script], CancellationToken.None);
        return result.Succeeded ? result.Output.TrimEnd() : throw new InvalidOperationException($"{script}\n{result.Error}");
    }
}
