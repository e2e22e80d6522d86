using System.Diagnostics;
using System.Globalization;

namespace Bramble.Benchmarks.Tftp;

/// <summary>A server process under test.</summary>
internal sealed class TftpPeer : IDisposable
{
    private const double TicksPerSecond = 100;
    private readonly Process _process;

    private TftpPeer(string name, Process process)
    {
        Name = name;
        _process = process;
    }

    public string Name { get; }

    /// <summary>User and system time of the process.</summary>
    public TimeSpan Cpu
    {
        get
        {
            // utime and stime, fields 14 and 15 of proc_pid_stat(5); the name before them may hold spaces.
            string stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            double ticks = double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds(ticks / TicksPerSecond);
        }
    }

    /// <summary>Most resident memory since the start, MB.</summary>
    public double PeakMegabytes
    {
        get
        {
            string line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Starts a server; null if it is not installed or does not stay.</summary>
    public static TftpPeer? Start(string name, string folder)
    {
        (string program, string[] arguments) = name switch
        {
            "bramble" => (Environment.ProcessPath!, new[] { "tftp-serve", folder }),
            "dnsmasq" => ("dnsmasq", ["--no-daemon", "--conf-file=/dev/null", "--port=0", "--enable-tftp", $"--tftp-root={folder}", "--tftp-max=1000", "--listen-address=127.0.0.1", "--bind-interfaces", "--user=root"]),
            "atftpd" => ("atftpd", ["--daemon", "--no-fork", "--logfile", "/dev/null", "--maxthread", "1000", "--bind-address", "127.0.0.1", "--user", "root", "--group", "root", folder]),
            "tftpd-hpa" => ("in.tftpd", ["--foreground", "--listen", "--secure", "--user", "root", "--address", "127.0.0.1:69", folder]),
            _ => throw new ArgumentException($"unknown server '{name}'", nameof(name)),
        };
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        try
        {
            Process process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            process.BeginOutputReadLine();
            Thread.Sleep(500);
            return process.HasExited ? null : new TftpPeer(name, process);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
