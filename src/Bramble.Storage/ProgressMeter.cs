using Bramble.Storage.Contract;

namespace Bramble.Storage;

/// <summary>Passes progress on, a few times a second and at each change of step.</summary>
internal sealed class ProgressMeter(IProgress<ImportProgress>? target, TimeProvider time)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);
    private readonly Lock _gate = new();
    private string _step = "";
    private long _last;

    internal void Report(string step, long done = 0, long total = 0)
    {
        if (target is null)
            return;
        lock (_gate)
        {
            bool isEnd = total > 0 && done >= total;
            if (step == _step && !isEnd && time.GetElapsedTime(_last) < s_interval)
                return;
            _step = step;
            _last = time.GetTimestamp();
        }

        target.Report(new ImportProgress(step, done, total));
    }
}
