using System.Diagnostics;

namespace Bramble.Integration.Tests.Lab;

/// <summary>Runs programs and takes what they print.</summary>
internal static class Shell
{
    /// <summary>Runs a program to its end; fails the test with its output if it does not end with 0.</summary>
    public static string Run(string program, params string[] arguments)
    {
        ShellResult result = TryRun(program, arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' ended with {result.ExitCode}:\n{result.Output}{result.Error}");
    }

    /// <summary>Runs a program to its end, at most so long; fails the test with its output if it does not end with 0.</summary>
    public static string Run(TimeSpan most, string program, params string[] arguments) => TryRun(most, program, arguments).Expect(0).Output;

    /// <summary>Removes something that a test has made, by a program. It is no failure if it is gone already.</summary>
    public static void CleanUp(string program, params string[] arguments) => _ = TryRun(program, arguments);

    /// <summary>Runs a program to its end, at most two minutes; the caller looks at the exit code.</summary>
    public static ShellResult TryRun(string program, params string[] arguments) => TryRun(TimeSpan.FromMinutes(2), program, arguments);

    /// <summary>Runs a program to its end, at most so long.</summary>
    public static ShellResult TryRun(TimeSpan most, string program, params string[] arguments)
    {
        using Process process = Start(program, arguments, null);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(most))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{program} {string.Join(' ', arguments)}' did not end in {most.TotalSeconds:F0} s.\n{error.Result}");
        }

        return new ShellResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts a program with both outputs redirected.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its words.</param>
    /// <param name="environment">More for its environment.</param>
    /// <param name="typed">True if something will be typed into it.</param>
    public static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, bool typed = false)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = typed,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
