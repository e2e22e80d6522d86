using Bramble.Fleet.Timeline;

namespace Bramble.Fleet.Metrics;

/// <summary>Counts what happens in the fleet, from the boot events that everybody sees. Thread-safe.</summary>
internal sealed class FleetMetrics
{
    /// <summary>Upper bounds of the buckets of times, seconds.</summary>
    public static readonly double[] Bounds = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300];

    private readonly Lock _gate = new();
    private readonly Dictionary<BootStage, StageCount> _stages = [];
    private readonly Dictionary<BootStage, long> _boots = [];
    private readonly Dictionary<string, long> _transfers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _faults = new(StringComparer.Ordinal);
    private long _bytes;
    private long _retransmits;
    private readonly Dictionary<string, long> _logDropped = new(StringComparer.Ordinal);
    private long _enrolled;
    private long _logLines;

    /// <summary>One event.</summary>
    public void Count(BootEvent e)
    {
        lock (_gate)
        {
            switch (e.Kind)
            {
                case BootEventKind.Stage:
                    if (!_stages.TryGetValue(e.Stage, out StageCount? stage))
                    {
                        _stages[e.Stage] = stage = new StageCount();
                    }

                    stage.Add(e.Seconds);
                    break;
                case BootEventKind.Transfer when e.Transfer is { } transfer:
                    _transfers[transfer.Result] = _transfers.GetValueOrDefault(transfer.Result) + 1;
                    _bytes += transfer.Bytes;
                    _retransmits += transfer.Retransmits;
                    break;
                case BootEventKind.Fault when e.FaultCode is { } code:
                    _faults[code] = _faults.GetValueOrDefault(code) + 1;
                    break;
                case BootEventKind.Enrolled:
                    _enrolled++;
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>One boot that is over: its system is up, or its board began anew.</summary>
    /// <param name="stage">How far it came.</param>
    public void CountBoot(BootStage stage)
    {
        lock (_gate)
        {
            _boots[stage] = _boots.GetValueOrDefault(stage) + 1;
        }
    }

    /// <summary>One datagram of a bootloader's log.</summary>
    /// <param name="lines">Lines that came to their end with it.</param>
    /// <param name="dropped">Why it was dropped; null if it was not.</param>
    public void CountLog(int lines, string? dropped)
    {
        lock (_gate)
        {
            _logLines += lines;
            if (dropped is not null)
            {
                _logDropped[dropped] = _logDropped.GetValueOrDefault(dropped) + 1;
            }
        }
    }

    /// <summary>Writes what was counted.</summary>
    public void Write(PrometheusText text)
    {
        lock (_gate)
        {
            text.Family("bramble_boot_stage_seconds", "histogram", "Seconds from the beginning of a boot until it reached a stage.");
            foreach ((BootStage stage, StageCount count) in _stages.OrderBy(static s => s.Key))
            {
                text.Histogram("bramble_boot_stage_seconds", "stage", Status.StatusMaker.NameOf(stage), Bounds, count.Buckets, count.Sum, count.Count);
            }

            text.Family("bramble_boots_total", "counter", "Boots that are over, by the stage that they came to: up, or where the board began anew.");
            foreach ((BootStage stage, long count) in _boots.OrderBy(static b => b.Key))
            {
                text.Value("bramble_boots_total", count, ("stage", Status.StatusMaker.NameOf(stage)), ("result", stage == BootStage.Up ? "up" : "failed"));
            }

            text.Family("bramble_tftp_transfers_total", "counter", "Files that were sent, or whose transfer broke off.");
            foreach ((string result, long count) in _transfers.OrderBy(static t => t.Key, StringComparer.Ordinal))
            {
                text.Value("bramble_tftp_transfers_total", count, ("result", result));
            }

            text.Single("bramble_tftp_bytes_total", "counter", "Bytes of files that boards acknowledged.", _bytes);
            text.Single("bramble_tftp_retransmits_total", "counter", "TFTP packets sent again.", _retransmits);
            text.Single("bramble_enrolled_total", "counter", "Boards that became clients by themselves.", _enrolled);
            text.Single("bramble_bootloader_log_lines_total", "counter", "Lines of bootloaders' logs (NETCONSOLE).", _logLines);
            text.Family("bramble_bootloader_log_dropped_total", "counter", "Datagrams to their port that were dropped, by reason.");
            foreach ((string reason, long count) in _logDropped.OrderBy(static d => d.Key, StringComparer.Ordinal))
            {
                text.Value("bramble_bootloader_log_dropped_total", count, ("reason", reason));
            }

            text.Family("bramble_faults_total", "counter", "Faults that appeared, by code.");
            foreach ((string code, long count) in _faults.OrderBy(static f => f.Key, StringComparer.Ordinal))
            {
                text.Value("bramble_faults_total", count, ("code", code));
            }
        }
    }

    private sealed class StageCount
    {
        public long[] Buckets { get; } = new long[Bounds.Length];

        public double Sum { get; private set; }

        public long Count { get; private set; }

        public void Add(double seconds)
        {
            Count++;
            Sum += seconds;
            for (int i = 0; i < Bounds.Length; i++)
            {
                if (seconds <= Bounds[i])
                {
                    Buckets[i]++;
                }
            }
        }
    }
}
