using Bramble.Linux.Systemd;
using Microsoft.Extensions.Logging;

namespace Bramble.Logging;

/// <summary>
/// Writes each log entry: to the journal with its values as fields, where standard error goes there (and as a line with a priority prefix,
/// sd-daemon(3), where the journal does not take it so); else as one line with the time of day to standard error.
/// </summary>
/// <param name="journal">True if standard error goes to the journal, which stamps the time itself.</param>
/// <param name="socket">The journal; null for lines alone. Disposed of with this.</param>
internal sealed class LineLoggerProvider(bool journal, JournalSocket? socket = null) : ILoggerProvider
{
    private readonly Lock _gate = new();

    /// <summary>Entries below are left out; may change at run time.</summary>
    public LogLevel MinimumLevel { get; set; } = LogLevel.Information;

    /// <summary>A provider for the way this process was started.</summary>
    public static LineLoggerProvider ForThisProcess() =>
        Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 }
            ? new(journal: true, new JournalSocket())
            : new(journal: false);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) =>
        new LineLogger(this, categoryName[(categoryName.LastIndexOf('.') + 1)..], LowestOf(categoryName));

    /// <inheritdoc/>
    public void Dispose() => socket?.Dispose();

    // The web server reports every request, and the host every step of its life. What makes a host fail is reported by ServiceHost, once.
    private static LogLevel LowestOf(string category) =>
        category.StartsWith("Microsoft.Extensions.Hosting.", StringComparison.Ordinal) ? LogLevel.None
        : category.StartsWith("Microsoft.", StringComparison.Ordinal) ? LogLevel.Warning
        : LogLevel.Trace;

    private void Write<TState>(LogLevel level, string category, string message, EventId number, TState state, Exception? exception)
    {
        string text = exception is null ? message : $"{message} ({exception.GetType().Name}: {exception.Message})";
        text = text.ReplaceLineEndings(" ");
        if (socket?.TrySend(JournalFields.Of(Priority(level), $"{category}: {text}", number, state)) == true)
        {
            return;
        }

        string line = journal
            ? $"<{Priority(level)}>{category}: {text}"
            : $"{DateTime.Now:HH:mm:ss.fff} {Word(level)} {category}: {text}";
        lock (_gate)
        {
            Console.Error.WriteLine(line);
        }
    }

    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warn ",
        LogLevel.Information => "info ",
        _ => "debug",
    };

    private sealed class LineLogger(LineLoggerProvider provider, string category, LogLevel lowest) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel >= provider.MinimumLevel && logLevel >= lowest && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(logLevel, category, formatter(state, exception), eventId, state, exception);
            }
        }
    }
}
