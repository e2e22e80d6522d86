using System.Diagnostics;
using System.Globalization;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Benchmarks.Start;

/// <summary>
/// A server in a network namespace whose start is timed from exec(3): a shell is already there and waits for a line to become the
/// server, so that making processes and entering the namespace are not measured.
/// </summary>
internal sealed class GatedProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _log;

    /// <param name="networkNamespace">Where it runs.</param>
    /// <param name="log">File for what it prints.</param>
    /// <param name="command">Program and arguments.</param>
    /// <param name="environment">More for its environment.</param>
    public GatedProcess(string networkNamespace, string log, IEnumerable<string> command, IReadOnlyDictionary<string, string> environment)
    {
        _log = log;
        string[] words = ["netns", "exec", networkNamespace, "sh", "-c", "read -r line; log=$1; shift; exec \"$@\" <&- >\"$log\" 2>&1", "sh", log, .. command];
        var start = new ProcessStartInfo("ip", words) { RedirectStandardInput = true, UseShellExecute = false };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        Wait.Until(() => File.ReadAllText($"/proc/{Id}/comm") == "sh\n", TimeSpan.FromSeconds(10), () => "The shell did not start.");
        // Until it waits for its line.
        Thread.Sleep(50);
    }

    public int Id => _process.Id;

    /// <summary>Lets it start and returns the moment, of <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public long Go()
    {
        long now = Stopwatch.GetTimestamp();
        _process.StandardInput.Write('\n');
        _process.StandardInput.Flush();
        return now;
    }

    /// <summary>Waits until UDP sockets are bound to these ports in its namespace, and returns the moment.</summary>
    public long WaitForUdpPorts(params int[] ports)
    {
        string[] wanted = [.. ports.Select(port => $":{port:X4} ")];
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            // Column 1 is the local address and port, both in hex; a remote port of 67 or 69 has no socket here.
            string table = File.ReadAllText($"/proc/{Id}/net/udp");
            if (wanted.All(port => table.Contains(port, StringComparison.Ordinal)))
            {
                return Stopwatch.GetTimestamp();
            }

            if (_process.HasExited || Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(10))
            {
                throw new InvalidOperationException($"No UDP ports {string.Join(", ", ports)}: {Log()}");
            }

            Thread.Yield();
        }
    }

    /// <summary>What it printed.</summary>
    public string Log() => File.Exists(_log) ? File.ReadAllText(_log) : "";

    /// <summary>Its memory now.</summary>
    public Memory Memory() => Start.Memory.Of(Id);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            // SIGTERM, so that the time of the next start is that after a clean end.
            Shell.CleanUp("kill", Id.ToString(CultureInfo.InvariantCulture));
            if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }
}
