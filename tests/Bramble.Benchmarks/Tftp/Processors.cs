using System.Diagnostics;

namespace Bramble.Benchmarks.Tftp;

/// <summary>Where the benchmark itself may run.</summary>
internal static class Processors
{
    /// <summary>Leaves processor 0 to the server: every thread of this process goes to processor 1, where there are two.</summary>
    public static void UseLast()
    {
        if (Environment.ProcessorCount > 1)
        {
            using Process self = Process.GetCurrentProcess();
            self.ProcessorAffinity = 2;
        }
    }
}
