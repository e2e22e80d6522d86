using Bramble.Bus;
using Bramble.Fleet.Status;
using Bramble.Linux.DBus;

namespace Bramble.Serving;

/// <summary>
/// Hears from the storage service what it imports, whoever asked for it: a command, or the unit that imports what lies on a stick. How an import ended is
/// kept for whoever comes back to look: a success for a minute, a failure for ten.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class ImportWatch(TimeProvider time)
{
    private const int MostKept = 8;
    private static readonly TimeSpan s_successKept = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_failureKept = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    // By source: paths, which two imports at once cannot share.
    private readonly List<(string Source, ImportStatus Status)> _imports = [];

    /// <summary>Told that something changed; must not block.</summary>
    public Action? Changed { get; set; }

    /// <summary>Listens on a connection; for <see cref="BusLink.Attach"/>.</summary>
    public async Task AttachAsync(IBusConnection bus)
    {
        // What was missed while there was no connection is not known.
        ForgetRunning();
        await bus.HearAsync(StorageBusNames.ImportSignal, signal => Hear(signal.Get<string>(0), import => import with
        {
            Step = signal.Get<string>(1),
            Done = (long)signal.Get<ulong>(2),
            Total = (long)signal.Get<ulong>(3),
        })).ConfigureAwait(false);
        await bus.HearAsync(StorageBusNames.ImportEndedSignal, signal => HearEnd(signal.Get<string>(0), signal.Get<bool>(1), signal.Get<string>(2))).ConfigureAwait(false);
        // It stops when it is idle, and then nothing runs; or it crashed, and nothing runs either.
        await bus.WatchNameLostAsync(StorageBusNames.Name, ForgetRunning).ConfigureAwait(false);
    }

    /// <summary>What runs, and what ended a moment ago.</summary>
    public IReadOnlyList<ImportStatus> Current()
    {
        lock (_gate)
        {
            if (_imports.Count == 0)
            {
                return [];
            }

            DateTimeOffset now = time.GetUtcNow();
            _imports.RemoveAll(one => one.Status.Ended is { } ended && now - ended > (one.Status.Failure is null ? s_successKept : s_failureKept));
            return _imports.ConvertAll(static one => one.Status);
        }
    }

    private void HearEnd(string source, bool isImported, string reason)
    {
        if (isImported || reason.Length > 0)
        {
            Hear(source, import => import with { Ended = time.GetUtcNow(), Failure = isImported ? null : reason });
            return;
        }

        // Whoever gave it up knows.
        lock (_gate)
        {
            _imports.RemoveAll(one => one.Source == source);
        }

        Changed?.Invoke();
    }

    private void Hear(string source, Func<ImportStatus, ImportStatus> change)
    {
        lock (_gate)
        {
            int at = _imports.FindIndex(one => one.Source == source && one.Status.Ended is null);
            if (at >= 0)
            {
                _imports[at] = (source, change(_imports[at].Status));
            }
            else
            {
                // A new one takes the place of what came of the last try.
                _imports.RemoveAll(one => one.Source == source);
                _imports.Add((source, change(new ImportStatus(NameOf(source), time.GetUtcNow()))));
                if (_imports.Count > MostKept)
                {
                    _imports.RemoveAt(0);
                }
            }
        }

        Changed?.Invoke();
    }

    private void ForgetRunning()
    {
        lock (_gate)
        {
            _imports.RemoveAll(static one => one.Status.Ended is null);
        }

        Changed?.Invoke();
    }

    private static string NameOf(string source) => Path.GetFileName(source.TrimEnd('/')) is { Length: > 0 } name ? name : source;
}
