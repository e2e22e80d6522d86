using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Bramble.Commands;

/// <summary><c>bramble log</c>: what the journal has of Bramble's processes.</summary>
internal static class LogCommand
{
    // 128 and the number of SIGINT: Ctrl-C is the way to leave.
    private const int EndedByInterrupt = 130;

    private static readonly string[] s_units = ["bramble.service", "bramble-storaged.service", "bramble-web.service"];

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var word = new Argument<string?>("WORD") { Description = "Only lines with this word: a client, a serial number, a MAC address, a fault's code.", Arity = ArgumentArity.ZeroOrOne }.OfClients();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new lines, until Ctrl-C." };
        var lines = new Option<int>("--lines", "-n") { Description = "The last so many lines.", DefaultValueFactory = _ => 200, HelpName = "N" };
        var since = new Option<string?>("--since") { Description = "Lines since then, such as '10 min ago', today, '2026-11-22 14:00'.", HelpName = "TIME" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object a line." };
        var command = new Command("log", "Shows the log of Bramble's processes.") { word, follow, lines, since, json };
        command.SetAction(result => Run(Arguments(
            result.GetValue(word), result.GetValue(follow), result.GetValue(since) is null || result.GetResult(lines) is { Implicit: false } ? result.GetValue(lines) : null, result.GetValue(since), result.GetValue(json))));
        return command;
    }

    /// <summary>The words for journalctl(1).</summary>
    internal static IReadOnlyList<string> Arguments(string? word, bool follow, int? lines, string? since, bool json) =>
    [
        "--quiet", "--no-pager", "--output=" + (json ? "json" : "short-iso"),
        .. s_units.Select(static u => "--unit=" + u),
        .. follow ? (string[])["--follow"] : [],
        .. lines is { } count ? (string[])[string.Create(System.Globalization.CultureInfo.InvariantCulture, $"--lines={count}")] : [],
        .. since is null ? (string[])[] : ["--since=" + since],
        // A word, not a pattern.
        .. word is null ? (string[])[] : ["--grep=" + "\\Q" + word.Replace("\\E", "", StringComparison.Ordinal) + "\\E", "--case-sensitive=no"],
    ];

    private static int Run(IReadOnlyList<string> arguments)
    {
        var stop = new TaskCompletionSource();
        // Before journalctl runs: it must not outlive this process.
        using PosixSignalRegistration term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            using Process journal = Process.Start(new ProcessStartInfo("journalctl", arguments) { UseShellExecute = false })!;
            Task.WaitAny(journal.WaitForExitAsync(), stop.Task);
            if (stop.Task.IsCompleted)
            {
                // Ctrl-C reaches journalctl too, SIGTERM does not.
                journal.Kill();
                return ExitCode.Success;
            }

            return journal.ExitCode is 0 or EndedByInterrupt ? ExitCode.Success : ExitCode.Failure;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine("bramble: journalctl is not there. Where systemd does not run, the log is where the server's standard error goes.");
            return ExitCode.Failure;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }
    }
}
