using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Bramble.Integration.Tests.Lab;

/// <summary>
/// One thread of another process, held still by ptrace(2) while every other one goes on; let go when disposed. Holding it this way is
/// no signal to the process, so that it can neither notice nor handle it.
/// </summary>
internal sealed partial class StalledThread : IDisposable
{
    private readonly ManualResetEventSlim _stopped = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly Thread _tracer;
    private readonly int _id;
    private Exception? _failure;

    private StalledThread(int id)
    {
        _id = id;
        // A traced thread belongs to the one thread that attached to it: everything happens there.
        _tracer = new Thread(Trace) { IsBackground = true, Name = "tracer" };
        _tracer.Start();
        _stopped.Wait();
        if (_failure is not null)
        {
            _tracer.Join();
            throw new InvalidOperationException($"Thread {id} cannot be held: {_failure.Message}", _failure);
        }
    }

    /// <summary>Holds the thread of a process that waits in poll(2) for the UDP socket bound to a port; it stands still when this returns.</summary>
    /// <remarks>By what it waits for, not by its name: Native AOT gives threads no names that others can see.</remarks>
    public static StalledThread StallUdpLoop(int processId, int port)
    {
        int[] found = [];
        Wait.Until(
            () => (found = [.. Threads(processId).Where(thread => PolledUdpPorts(processId, thread).Contains(port))]).Length == 1,
            TimeSpan.FromSeconds(5),
            () => $"{found.Length} threads of process {processId} wait for UDP port {port}, not one.");
        return new StalledThread(found[0]);
    }

    /// <summary>Number of threads of a process that a tracer holds still.</summary>
    public static int CountHeld(int processId) =>
        Threads(processId).Count(id => File.ReadLines($"/proc/{processId}/task/{id}/status").Contains("State:\tt (tracing stop)"));

    /// <summary>Lets it go on.</summary>
    public void Dispose()
    {
        _release.Set();
        _tracer.Join();
        _stopped.Dispose();
        _release.Dispose();
    }

    private static IEnumerable<int> Threads(int processId) =>
        Directory.EnumerateDirectories($"/proc/{processId}/task").Select(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));

    /// <summary>Local ports of the UDP sockets that a thread waits for in poll(2) just now.</summary>
    private static IEnumerable<int> PolledUdpPorts(int processId, int thread)
    {
        // Number of the system call and its arguments, proc_pid_syscall(5); "running" where it is in none.
        string[] call = File.ReadAllText($"/proc/{processId}/task/{thread}/syscall").Split(' ');
        if (!Native.PollCalls.Contains(call[0]))
        {
            return [];
        }

        byte[] polled = new byte[8 * Convert.ToInt32(call[2], 16)];
        using (FileStream memory = File.OpenRead($"/proc/{processId}/mem"))
        {
            memory.Position = Convert.ToInt64(call[1], 16);
            memory.ReadExactly(polled);
        }

        // struct pollfd: int fd, short events, short revents. Column 1 of the table is address:port in hex, column 9 the inode.
        HashSet<string> inodes = [.. polled.Chunk(8).Select(fd => new FileInfo($"/proc/{processId}/fd/{BitConverter.ToInt32(fd)}").LinkTarget ?? "")];
        return File.ReadLines($"/proc/{processId}/net/udp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => inodes.Contains($"socket:[{columns[9]}]"))
            .Select(columns => Convert.ToInt32(columns[1].Split(':')[1], 16));
    }

    private void Trace()
    {
        try
        {
            Check(Native.Ptrace(Native.Seize, _id, 0, 0));
            Check(Native.Ptrace(Native.Interrupt, _id, 0, 0));
            int waited;
            do
            {
                waited = Native.WaitPid(_id, out _, Native.WaitAll);
            }
            while (waited < 0 && Marshal.GetLastPInvokeError() == Native.Interrupted);
            Check(waited);
        }
        catch (Win32Exception e)
        {
            // The end of this thread detaches from whatever it attached to.
            _failure = e;
            _stopped.Set();
            return;
        }

        _stopped.Set();
        _release.Wait();
        // Fails only where the process is gone, and then there is nothing to let go.
        _ = Native.Ptrace(Native.Detach, _id, 0, 0);
    }

    private static void Check(nint result)
    {
        if (result < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private static partial class Native
    {
        /// <summary>poll and ppoll of x86-64, ppoll of arm64.</summary>
        public static readonly string[] PollCalls = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? ["73"] : ["7", "271"];

        public const int Interrupted = 4; // EINTR
        public const int WaitAll = 0x40000000; // __WALL
        public const nint Detach = 17; // PTRACE_DETACH
        public const nint Seize = 0x4206; // PTRACE_SEIZE
        public const nint Interrupt = 0x4207; // PTRACE_INTERRUPT

        [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
        public static partial nint Ptrace(nint request, int thread, nint address, nint data);

        [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
        public static partial int WaitPid(int thread, out int status, int options);
    }
}
