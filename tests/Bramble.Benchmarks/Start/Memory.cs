using System.Globalization;

namespace Bramble.Benchmarks.Start;

/// <summary>Memory of a process in MB (of 1,048,576 octets), proc_pid_status(5).</summary>
/// <param name="Resident">VmRSS: what is in memory now, shared files such as the program itself included.</param>
/// <param name="Peak">VmHWM: the most that ever was.</param>
/// <param name="Own">RssAnon: the part that is nobody else's and no file's.</param>
internal sealed record Memory(double Resident, double Peak, double Own)
{
    public static Memory Of(int processId)
    {
        string[] lines = File.ReadAllLines($"/proc/{processId}/status");
        return new Memory(Value("VmRSS:"), Value("VmHWM:"), Value("RssAnon:"));

        double Value(string name) => double.Parse(
            lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024;
    }
}
