using System.Diagnostics;
using System.Text;

namespace Bramble.Linux.Processes;

/// <summary>Runs programs of the system: no shell, arguments one by one, C locale, never an orphan.</summary>
public static class ChildProcess
{
    private const int TextLimit = 1 << 20;

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Name (looked up in PATH and the sbin folders) or path.</param>
    /// <param name="arguments">Arguments.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="IOException">The program is not there.</exception>
    /// <exception cref="OperationCanceledException">It was killed on request.</exception>
    public static async Task<ProcessResult> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using MemoryStream output = new();
        ProcessResult result = await RunAsync(program, arguments, null, (stream, token) => CopyLimitedAsync(stream, output, token), cancellation);
        return result with { Output = Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length) };
    }

    /// <summary>Runs a program between two streams.</summary>
    /// <param name="program">Name or path.</param>
    /// <param name="arguments">Arguments.</param>
    /// <param name="feed">Writes the program's standard input; the end of the call is its end. Null for none. A program that stops reading early is no error.</param>
    /// <param name="drain">Reads the program's standard output up to its end. When it returns early or throws, the program is killed.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="IOException">The program is not there, or a stream failed.</exception>
    public static async Task<ProcessResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        Func<Stream, CancellationToken, Task>? feed,
        Func<Stream, CancellationToken, Task> drain,
        CancellationToken cancellation)
    {
        using Process process = Start(program, arguments, feed is not null);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            using MemoryStream error = new();
            Task feeding = feed is null ? Task.CompletedTask : FeedAsync(process, feed, stop.Token);
            Task complaining = CopyLimitedAsync(process.StandardError.BaseStream, error, stop.Token);
            Task draining = drain(process.StandardOutput.BaseStream, stop.Token);

            // Whichever of them fails first must stop the others, or they wait for each other for ever.
            await foreach (Task done in Task.WhenEach(feeding, complaining, draining))
                await done;
            await process.WaitForExitAsync(cancellation);
            return new ProcessResult(process.ExitCode, "", Encoding.UTF8.GetString(error.GetBuffer(), 0, (int)error.Length));
        }
        finally
        {
            await stop.CancelAsync();
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private static Process Start(string program, IEnumerable<string> arguments, bool withInput)
    {
        ProcessStartInfo start = new(Find(program), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"The program \"{program}\" cannot be run: {e.Message}. Is its package installed?", e);
        }

        if (!withInput)
            process.StandardInput.Close();
        return process;
    }

    private static string Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
            return program;
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (string folder in $"{path}:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin".Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string candidate = Path.Combine(folder, program);
            if (File.Exists(candidate))
                return candidate;
        }

        throw new IOException($"The program \"{program}\" is not installed.");
    }

    private static async Task FeedAsync(Process process, Func<Stream, CancellationToken, Task> feed, CancellationToken cancellation)
    {
        Stream input = process.StandardInput.BaseStream;
        try
        {
            await feed(input, cancellation);
        }
        finally
        {
            try
            {
                await input.DisposeAsync();
            }
            catch (IOException)
            {
                // It has stopped reading: its exit code tells why.
            }
        }
    }

    private static async Task CopyLimitedAsync(Stream from, MemoryStream to, CancellationToken cancellation)
    {
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, cancellation)) > 0)
            to.Write(buffer, 0, (int)Math.Min(read, TextLimit - to.Length));
    }
}
