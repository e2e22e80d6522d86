using System.Runtime.InteropServices;
using Bramble.Configuration;
using Bramble.Logging;

namespace Bramble.Commands;

/// <summary>What a verb that runs until it is told to stop has around it.</summary>
internal sealed class ServiceRun : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _term;
    private readonly PosixSignalRegistration _interrupt;

    /// <summary>Logs as the configuration says, and hears the signals.</summary>
    public ServiceRun(string path, BrambleConfig config)
    {
        (Path, Config) = (path, config);
        Loggers = LineLoggerFactory.ForThisProcess();
        Loggers.MinimumLevel = config.LogLevel;
        _term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    /// <summary>The configuration file.</summary>
    public string Path { get; }

    /// <summary>What it says.</summary>
    public BrambleConfig Config { get; }

    /// <summary>Loggers.</summary>
    public LineLoggerFactory Loggers { get; }

    /// <summary>Cancelled when the process is told to stop.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Called before <see cref="Stop"/> is cancelled, for what must be said before anything ends.</summary>
    public Action? Stopping { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _term.Dispose();
        _stop.Dispose();
        Loggers.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Stopping?.Invoke();
        _stop.Cancel();
    }
}
