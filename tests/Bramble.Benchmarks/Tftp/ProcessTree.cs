using System.Globalization;

namespace Bramble.Benchmarks.Tftp;

/// <summary>What proc(5) tells of a process and its children. A process that ended meanwhile counts nothing.</summary>
internal static class ProcessTree
{
    private const double TicksPerSecond = 100;

    /// <summary>Ids of the children.</summary>
    public static int[] Children(int id) =>
        [.. Read(id, $"task/{id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => int.Parse(word, CultureInfo.InvariantCulture))];

    /// <summary>User and system time of the process, of its children, and of those of them that ended.</summary>
    public static TimeSpan Cpu(int id) => Own(id) + Children(id).Aggregate(TimeSpan.Zero, (sum, child) => sum + Own(child));

    /// <summary>VmHWM, MB.</summary>
    public static double PeakResident(int id) => Value(Read(id, "status"), "VmHWM:");

    /// <summary>PSS, MB.</summary>
    public static double ProportionalShare(int id) => Value(Read(id, "smaps_rollup"), "Pss:");

    private static TimeSpan Own(int id)
    {
        string stat = Read(id, "stat");
        if (stat.Length == 0)
        {
            return TimeSpan.Zero;
        }

        // utime, stime, cutime and cstime, fields 14 to 17 of proc_pid_stat(5); the name before them may hold spaces.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds(fields[11..15].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    private static double Value(string text, string name)
    {
        string? line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    private static string Read(int id, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{file}");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
