using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Bramble.Linux.DBus.SdBus;

/// <summary>A connection of libsystemd's sd-bus. The library is not thread-safe: one thread owns it, all others post work to that thread.</summary>
internal sealed partial class SdBusConnection : IBusConnection
{
    private readonly nint _bus;
    private readonly int _wake;
    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<(Action Run, Action<BusException> Fail)> _posted = new();
    private readonly TaskCompletionSource<BusException?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The following belong to the connection's thread.
    private readonly HashSet<SdBusSlot> _slots = [];
    private readonly HashSet<nint> _unanswered = [];
    private bool _stopping;

    // Mirrors the size of the set above for other threads.
    private int _unansweredCount;

    // Under the gate: after this is set nothing is posted any more, and the native side is gone.
    private BusException? _ended;

    private SdBusConnection(nint bus, string uniqueName)
    {
        _bus = bus;
        UniqueName = uniqueName;
        _wake = LinuxPoll.NewEvent();
        new Thread(Run) { IsBackground = true, Name = "bus" }.Start();
    }

    public string UniqueName { get; }

    public int UnansweredCalls => Volatile.Read(ref _unansweredCount);

    public Task<BusException?> Closed => _closed.Task;

    public static SdBusConnection? TryOpen(string address, out string reason)
    {
        int result = SdBusNative.sd_bus_new(out nint bus);
        nint name = 0;
        if (result >= 0)
        {
            result = SdBusNative.sd_bus_set_address(bus, address);
        }
        if (result >= 0)
        {
            result = SdBusNative.sd_bus_set_bus_client(bus, 1);
        }
        if (result >= 0)
        {
            result = SdBusNative.sd_bus_start(bus);
        }
        if (result >= 0)
        {
            // Waits for the reply to Hello, so a bus that refuses us is known here and not at the first call.
            // The wait is cut short by any signal of this process, such as the end of a child.
            do
            {
                result = SdBusNative.sd_bus_get_unique_name(bus, out name);
            }
            while (result == -LinuxPoll.Interrupted);
        }
        if (result < 0)
        {
            SdBusNative.sd_bus_close_unref(bus);
            reason = $"the bus at {address} does not answer: {Marshal.GetPInvokeErrorMessage(-result)}";
            return null;
        }
        reason = "";
        return new SdBusConnection(bus, Marshal.PtrToStringUTF8(name)!);
    }

    public async ValueTask DisposeAsync()
    {
        Post(() => _stopping = true, static _ => { });
        await _closed.Task.ConfigureAwait(false);
    }

    /// <summary>Turns a negative errno into an exception.</summary>
    internal static void Check(int result, string what)
    {
        if (result < 0)
        {
            throw new BusException(BusErrors.Failed, $"{what}: {Marshal.GetPInvokeErrorMessage(-result)}");
        }
    }

    /// <summary>Ends a registration on the connection's thread.</summary>
    internal ValueTask ReleaseAsync(SdBusSlot slot)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(
            () =>
            {
                Drop(slot);
                done.SetResult();
            },
            _ => done.SetResult());
        return new ValueTask(done.Task);
    }

    /// <summary>Runs work on the connection's thread, or calls the other function if the connection has ended.</summary>
    private void Post(Action run, Action<BusException> fail)
    {
        BusException? ended;
        lock (_gate)
        {
            ended = _ended;
            if (ended is null)
            {
                _posted.Enqueue((run, fail));
                LinuxPoll.Raise(_wake);
            }
        }
        if (ended is not null)
        {
            fail(ended);
        }
    }

    private void Run()
    {
        BusException? lost;
        try
        {
            lost = Loop();
        }
        catch (Exception e)
        {
            lost = new BusException(BusErrors.Failed, "the connection to the bus broke: " + e.Message);
        }
        CloseDown(lost);
    }

    private BusException? Loop()
    {
        while (true)
        {
            while (_posted.TryDequeue(out (Action Run, Action<BusException> Fail) work))
            {
                work.Run();
            }
            if (_stopping)
            {
                return null;
            }
            int result = SdBusNative.sd_bus_process(_bus, 0);
            if (result > 0 || result == -LinuxPoll.Interrupted)
            {
                continue;
            }
            if (result == 0)
            {
                result = WaitForWork();
            }
            if (result < 0)
            {
                return new BusException(BusErrors.Disconnected, "the connection to the bus is lost: " + Marshal.GetPInvokeErrorMessage(-result));
            }
        }
    }

    private unsafe int WaitForWork()
    {
        int fd = SdBusNative.sd_bus_get_fd(_bus);
        int events = SdBusNative.sd_bus_get_events(_bus);
        int timeout = SdBusNative.sd_bus_get_timeout(_bus, out ulong until);
        if (fd < 0 || events < 0 || timeout < 0)
        {
            return Math.Min(fd, Math.Min(events, timeout));
        }
        LinuxPoll.Entry* entries = stackalloc LinuxPoll.Entry[2];
        entries[0] = new LinuxPoll.Entry { Fd = fd, Events = (short)events };
        entries[1] = new LinuxPoll.Entry { Fd = _wake, Events = LinuxPoll.In };
        int result = LinuxPoll.poll(entries, 2, Milliseconds(until));
        if (result < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == LinuxPoll.Interrupted ? 0 : -error;
        }
        if (entries[1].Returned != 0)
        {
            LinuxPoll.Clear(_wake);
        }
        return 0;
    }

    /// <summary>Time until a moment of CLOCK_MONOTONIC in µs, which is the clock of <see cref="Stopwatch"/>; rounded up, so that the thread does not spin in the last millisecond.</summary>
    private static int Milliseconds(ulong until)
    {
        if (until == ulong.MaxValue)
        {
            return -1;
        }
        ulong now = (ulong)(Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000));
        return until <= now ? 0 : (int)Math.Min((until - now + 999) / 1000, int.MaxValue);
    }

    private void CloseDown(BusException? lost)
    {
        BusException reason = lost ?? new BusException(BusErrors.Disconnected, "this connection to the bus was closed");
        lock (_gate)
        {
            _ended = reason;
        }
        while (_posted.TryDequeue(out (Action Run, Action<BusException> Fail) work))
        {
            work.Fail(reason);
        }
        foreach (SdBusSlot slot in _slots)
        {
            slot.OnConnectionLost(reason);
            slot.Free();
        }
        _slots.Clear();
        foreach (nint call in _unanswered)
        {
            SdBusNative.sd_bus_message_unref(call);
        }
        _unanswered.Clear();
        Volatile.Write(ref _unansweredCount, 0);
        if (lost is null)
        {
            // What was said last is still sent; signals of this process cut the wait short.
            while (SdBusNative.sd_bus_flush(_bus) == -LinuxPoll.Interrupted)
            {
            }
        }
        SdBusNative.sd_bus_close_unref(_bus);
        _ = LinuxPoll.close(_wake);
        _closed.SetResult(lost);
    }

    private void Drop(SdBusSlot slot)
    {
        if (_slots.Remove(slot))
        {
            slot.Free();
        }
    }
}
