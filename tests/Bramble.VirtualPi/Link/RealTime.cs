using System.Runtime.InteropServices;

namespace Bramble.VirtualPi.Link;

/// <summary>
/// Scheduling of threads that play hardware. A real board or cable does not wait for a processor of the server's machine; a thread that plays one
/// does, and on a busy machine its time limits then measure the machine. With the policy SCHED_FIFO (sched(7)) it runs as soon as a packet is there.
/// </summary>
internal static partial class RealTime
{
    private const int CallingThread = 0;
    private const int Fifo = 1;

    /// <summary>Gives the calling thread the lowest real-time priority. False if the system refuses: CAP_SYS_NICE is missing.</summary>
    public static unsafe bool TryEnter()
    {
        int priority = 1;
        return SetScheduler(CallingThread, Fifo, &priority) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static unsafe partial int SetScheduler(int thread, int policy, int* priority);
}
