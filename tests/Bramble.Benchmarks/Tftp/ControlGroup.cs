using System.Globalization;

namespace Bramble.Benchmarks.Tftp;

/// <summary>
/// A control group (cgroups(7), version 2) for the processes of one server: the kernel adds up their processor time, also of children
/// whose parent does not ask for it.
/// </summary>
internal sealed class ControlGroup : IDisposable
{
    private static int s_count;
    private readonly string _folder;

    private ControlGroup(string folder) => _folder = folder;

    /// <summary>User and system time of all processes that ever were in it.</summary>
    public TimeSpan Cpu
    {
        get
        {
            string line = File.ReadLines(Path.Combine(_folder, "cpu.stat")).First(l => l.StartsWith("usage_usec ", StringComparison.Ordinal));
            return TimeSpan.FromMicroseconds(long.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Makes one; null where the machine does not let us.</summary>
    public static ControlGroup? TryMake()
    {
        string? top = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).FirstOrDefault(fields => fields[2] == "cgroup2")?[1];
        if (top is null)
        {
            return null;
        }

        string folder = Path.Combine(top, string.Create(CultureInfo.InvariantCulture, $"bramble-bench-{Environment.ProcessId}-{++s_count}"));
        try
        {
            Directory.CreateDirectory(folder);
            return new ControlGroup(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The words that run a command in it.</summary>
    public string[] Run(string[] command) => ["sh", "-c", "echo $$ >\"$0/cgroup.procs\" && exec \"$@\"", _folder, .. command];

    public void Dispose()
    {
        // A moment may pass between the end of a process and its leaving.
        for (int attempt = 0; attempt < 50; attempt++)
        {
            try
            {
                Directory.Delete(_folder);
                return;
            }
            catch (IOException)
            {
                Thread.Sleep(20);
            }
        }
    }
}
