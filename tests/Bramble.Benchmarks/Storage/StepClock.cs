using System.Diagnostics;
using System.Globalization;

namespace Bramble.Benchmarks.Storage;

/// <summary>Which step of an operation took the longest.</summary>
internal sealed class StepClock
{
    private readonly List<(long Time, string Step)> _steps = [];

    public void Begin()
    {
        lock (_steps)
            _steps.Clear();
    }

    /// <summary>A step begins, and the one before it is over.</summary>
    public void Note(string step)
    {
        lock (_steps)
            _steps.Add((Stopwatch.GetTimestamp(), step));
    }

    /// <summary>The longest step since <see cref="Begin"/>, in words.</summary>
    public string End()
    {
        Note("");
        (TimeSpan took, string step) = _steps.Zip(_steps.Skip(1), static (one, next) => (Stopwatch.GetElapsedTime(one.Time, next.Time), one.Step)).Max();
        return string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:F3} s for: {step}");
    }
}
