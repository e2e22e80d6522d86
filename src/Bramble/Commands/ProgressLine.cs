using System.Diagnostics;
using Bramble.Storage.Contract;

namespace Bramble.Commands;

/// <summary>Shows an import's progress: one line that is written over on a terminal, elsewhere a line a step and one each half minute.</summary>
internal sealed class ProgressLine : IProgress<ImportProgress>, IDisposable
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(30);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private string _step = "";
    private TimeSpan _stepBegan;
    private TimeSpan _written;
    private bool _open;

    /// <inheritdoc/>
    public void Report(ImportProgress value)
    {
        lock (_gate)
        {
            bool next = value.Step != _step;
            if (next)
            {
                Close();
                (_step, _stepBegan) = (value.Step, _clock.Elapsed);
            }

            if (Console.IsOutputRedirected)
            {
                if (next || _clock.Elapsed - _written > s_between)
                {
                    _written = _clock.Elapsed;
                    Console.WriteLine($"{_clock.Elapsed.TotalSeconds,6:0.0} s  {value.Step}{(next ? "" : Amount(value))}");
                }

                return;
            }

            Console.Write($"\r{_clock.Elapsed.TotalSeconds,6:0.0} s  {value.Step}{Amount(value)}\u001b[K");
            _open = true;
        }
    }

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            Close();
        }
    }

    private string Amount(ImportProgress value)
    {
        double seconds = (_clock.Elapsed - _stepBegan).TotalSeconds;
        double rate = seconds > 0.5 ? value.Done / seconds : 0;
        string done = value.Done > 0 ? $"  {value.Done / 1e6:0} MB" : "";
        string total = value.Total > 0 ? $" of {value.Total / 1e6:0} MB" : "";
        string speed = rate > 0 ? $", {rate / 1e6:0.0} MB/s" : "";
        string left = rate > 0 && value.Total > value.Done ? $", {(value.Total - value.Done) / rate:0} s left" : "";
        return done + total + speed + left;
    }

    private void Close()
    {
        if (_open)
        {
            Console.WriteLine();
            _open = false;
        }
    }
}
