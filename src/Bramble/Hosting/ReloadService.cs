using System.Runtime.InteropServices;
using Bramble.Configuration;
using Bramble.Logging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace Bramble.Hosting;

/// <summary>
/// Reads the configuration again when SIGHUP arrives, the file changes, or a caller asks. One reload runs at a time; requests that arrive
/// meanwhile are one more. A file with mistakes changes nothing.
/// </summary>
internal sealed partial class ReloadService : BackgroundService
{
    private readonly ServiceSettings _settings;
    private readonly ServiceNotifier _notifier;
    private readonly LineLoggerProvider _log;
    private readonly IReloadable? _service;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _requests = new(0, 1);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration _startedRegistration;
    private PosixSignalRegistration? _hangUp;
    private ConfigWatcher? _watcher;

    /// <param name="settings">What the service was started with.</param>
    /// <param name="notifier">The service manager.</param>
    /// <param name="lifetime">Reloads wait until the service has started.</param>
    /// <param name="log">Takes the new log level.</param>
    /// <param name="loggers">Loggers.</param>
    /// <param name="service">Takes the rest; null where nothing else can change at run time.</param>
    public ReloadService(
        ServiceSettings settings, ServiceNotifier notifier, IHostApplicationLifetime lifetime, LineLoggerProvider log,
        ILoggerFactory loggers, IReloadable? service = null)
    {
        (_settings, _notifier, _log, _service, _logger) = (settings, notifier, log, service, loggers.CreateLogger(settings.Name));
        _startedRegistration = lifetime.ApplicationStarted.Register(_started.SetResult);
    }

    /// <summary>Asks for a reload and returns at once.</summary>
    public void Request()
    {
        try
        {
            _requests.Release();
        }
        catch (SemaphoreFullException)
        {
            // The next reload has not begun: it reads what is there by then.
        }
        catch (ObjectDisposedException)
        {
            // The service has ended.
        }
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // At once: without a handler, SIGHUP ends the process.
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            Request();
        });
        try
        {
            _watcher = new ConfigWatcher(_settings.ConfigPath, Request);
        }
        catch (IOException e)
        {
            // Such as too many inotify instances of this user.
            LogNotWatched(e.Message);
        }

        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _watcher?.Dispose();
        _hangUp?.Dispose();
        _startedRegistration.Dispose();
        base.Dispose();
        _requests.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // READY ends a reload, and must not be sent before the sockets are open.
        await _started.Task.WaitAsync(stoppingToken).ConfigureAwait(false);
        while (true)
        {
            await _requests.WaitAsync(stoppingToken).ConfigureAwait(false);
            _notifier.Reloading();
            try
            {
                Reload();
            }
            finally
            {
                _notifier.Notify(ServiceState.Ready);
            }
        }
    }

    private void Reload()
    {
        (BrambleConfig? config, IReadOnlyList<ConfigError> errors) = ConfigFile.Load(_settings.ConfigPath);
        IReadOnlyList<string> mistakes = config is null ? [.. errors.Select(static e => e.ToString())] : _service?.Reload(config) ?? [];
        if (config is not null && mistakes.Count == 0)
        {
            _log.MinimumLevel = config.LogLevel;
            LogReloaded();
            return;
        }

        foreach (string mistake in mistakes)
        {
            LogMistake(mistake);
        }

        LogUnchanged();
    }

    [LoggerMessage(EventId = 5204, Level = LogLevel.Error, Message = "{Mistake}")]
    private partial void LogMistake(string mistake);

    [LoggerMessage(EventId = 5205, Level = LogLevel.Warning, Message = "The configuration was not changed: the file has mistakes.")]
    private partial void LogUnchanged();

    [LoggerMessage(EventId = 5206, Level = LogLevel.Information, Message = "The configuration was read again.")]
    private partial void LogReloaded();

    [LoggerMessage(
        EventId = 5211, Level = LogLevel.Warning, Message = "The configuration file is not watched: {Reason} After a change, send SIGHUP.")]
    private partial void LogNotWatched(string reason);
}
