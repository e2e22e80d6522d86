using System.Collections.Concurrent;
using Bramble.Commands;
using Bramble.Configuration;
using Bramble.Hosting;
using Bramble.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Bramble.Tests.Hosting;

/// <summary>The host that every service runs in: start, stop, failure, reload.</summary>
public sealed class ServiceHostTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bramble-host-");
    private readonly RecordingManager _manager = new();
    private readonly RecordingService _service = new();

    private string ConfigPath => Path.Combine(_folder.FullName, "bramble.conf");

    public void Dispose()
    {
        _manager.Messages.Dispose();
        _service.Taken.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_service_that_is_stopped_ends_with_success()
    {
        IHost host = Build(new FailingService(atStart: null, later: null));
        Task<int> running = ServiceHost.RunAsync(host, "test", static _ => "");
        await StartedAsync(host);
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Equal(ExitCode.Success, await running.WaitAsync(s_patience));
    }

    [Fact]
    public async Task A_service_that_is_stopped_while_it_starts_ends_with_success()
    {
        IHost host = Build(new EndlessStart());
        Task<int> running = ServiceHost.RunAsync(host, "test", static _ => "");
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Equal(ExitCode.Success, await running.WaitAsync(s_patience));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_that_fails_at_its_start_or_later_ends_with_failure(bool atStart)
    {
        var failure = new IOException("the disk is on fire");
        IHost host = Build(new FailingService(atStart ? failure : null, atStart ? null : failure));
        Exception? told = null;
        int code = await ServiceHost.RunAsync(host, "test", e =>
        {
            told = e;
            return " Put it out.";
        }).WaitAsync(s_patience);
        Assert.Equal(ExitCode.Failure, code);
        Assert.Same(failure, told);
    }

    [Fact]
    public async Task A_mistake_of_the_program_is_not_taken_for_a_failure_of_the_machine()
    {
        IHost host = Build(new FailingService(atStart: null, new InvalidOperationException("never")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ServiceHost.RunAsync(host, "test", static _ => "").WaitAsync(s_patience));
    }

    [Fact]
    public async Task A_reload_is_told_to_systemd_and_takes_the_file_as_a_whole_or_not_at_all()
    {
        IHost host = Build(new FailingService(atStart: null, later: null));
        ReloadService reload = host.Services.GetRequiredService<ReloadService>();
        LineLoggerProvider log = host.Services.GetRequiredService<LineLoggerProvider>();
        // Before the start: it waits until the service is ready.
        File.WriteAllText(ConfigPath, "[log]\nlevel = error\n[web]\nport = 8081\n");
        reload.Request();
        Task<int> running = ServiceHost.RunAsync(host, "test", static _ => "");
        Assert.Equal(8081, Take(_service.Taken).WebPort);
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", Take(_manager.Messages), StringComparison.Ordinal);
        Assert.Equal("READY=1", Take(_manager.Messages));
        Assert.Equal(LogLevel.Error, log.MinimumLevel);

        File.WriteAllText(ConfigPath, "[log]\nlevel = debug\n[web]\nporty = 8082\n");
        reload.Request();
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", Take(_manager.Messages), StringComparison.Ordinal);
        Assert.Equal("READY=1", Take(_manager.Messages));
        Assert.Equal(LogLevel.Error, log.MinimumLevel);

        // Refused by the service.
        File.WriteAllText(ConfigPath, "[log]\nlevel = debug\n[web]\nport = 8083\n");
        _service.Mistakes = ["There is no interface 'eth77'."];
        reload.Request();
        Assert.Equal(8083, Take(_service.Taken).WebPort);
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", Take(_manager.Messages), StringComparison.Ordinal);
        Assert.Equal("READY=1", Take(_manager.Messages));
        Assert.Equal(LogLevel.Error, log.MinimumLevel);

        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Equal(ExitCode.Success, await running.WaitAsync(s_patience));
        // After the end it does nothing.
        reload.Request();
    }

    private static T Take<T>(BlockingCollection<T> queue) =>
        queue.TryTake(out T? item, s_patience) ? item : throw new TimeoutException("It did not come.");

    private static async Task StartedAsync(IHost host)
    {
        var started = new TaskCompletionSource();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(s_patience);
    }

    private IHost Build(IHostedService service)
    {
        // In a folder that nobody watches: only what is asked for is a reload.
        string watched = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.FullName, "watched")).FullName, "bramble.conf");
        File.CreateSymbolicLink(watched, ConfigPath);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        ServiceHost.AddTo(builder, new ServiceSettings("test", watched, new BrambleConfig()));
        builder.Services.AddSingleton(new ServiceNotifier(_manager));
        builder.Services.AddSingleton<IReloadable>(_service);
        builder.Services.AddSingleton(service);
        return builder.Build();
    }

    private sealed class RecordingManager : ISystemdNotifier
    {
        public BlockingCollection<string> Messages { get; } = [];

        public bool IsEnabled => true;

        public void Notify(ServiceState state) => Messages.Add(state.ToString());
    }

    private sealed class RecordingService : IReloadable
    {
        public BlockingCollection<BrambleConfig> Taken { get; } = [];

        public IReadOnlyList<string> Mistakes { get; set; } = [];

        public IReadOnlyList<string> Reload(BrambleConfig config)
        {
            Taken.Add(config);
            return Mistakes;
        }
    }

    private sealed class FailingService(Exception? atStart, Exception? later) : BackgroundService
    {
        public override Task StartAsync(CancellationToken cancellationToken) =>
            atStart is null ? base.StartAsync(cancellationToken) : throw atStart;

        protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
            later is null ? Task.Delay(Timeout.Infinite, stoppingToken) : throw later;
    }

    private sealed class EndlessStart : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
