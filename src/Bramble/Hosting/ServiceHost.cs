using System.Net.Sockets;
using Bramble.Commands;
using Bramble.Linux.DBus;
using Bramble.Linux.Sockets;
using Bramble.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace Bramble.Hosting;

/// <summary>The generic host of a service process: how every service starts, stops, logs and reloads.</summary>
internal static class ServiceHost
{
    /// <summary>Adds what every service has. The services that are added afterwards start after it and stop before it.</summary>
    public static void AddTo(IHostApplicationBuilder builder, ServiceSettings settings)
    {
        // The providers decide what is logged: the level can change at run time.
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        IServiceCollection services = builder.Services;
        services.AddSingleton(_ =>
        {
            LineLoggerProvider log = LineLoggerProvider.ForThisProcess();
            log.MinimumLevel = settings.Config.LogLevel;
            return log;
        });
        services.AddSingleton<ILoggerProvider>(static s => s.GetRequiredService<LineLoggerProvider>());
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);

        var notifier = new ServiceNotifier(new SystemdNotifier());
        services.AddSingleton(notifier);
        services.AddSingleton<ISystemdNotifier>(notifier);
        if (notifier.IsEnabled)
        {
            // AddSystemd does the same where it finds in /proc that the parent is systemd. ProtectProc=invisible of our units hides the
            // parent.
            services.AddSingleton<IHostLifetime, SystemdLifetime>();
        }

        services.AddSingleton<ReloadService>();
        services.AddHostedService(static s => s.GetRequiredService<ReloadService>());
    }

    /// <summary>Runs a service until it is stopped, or fails; disposes of it.</summary>
    /// <param name="host">The service.</param>
    /// <param name="name">Its verb.</param>
    /// <param name="fix">What to do about a failure, to be put after its message; empty for nothing.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IHost host, string name, Func<Exception, string> fix)
    {
        CancellationToken stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            try
            {
                await host.StartAsync().ConfigureAwait(false);
                await host.WaitForShutdownAsync().ConfigureAwait(false);
                await FailureAsync(host).ConfigureAwait(false);
            }
            finally
            {
                await ((IAsyncDisposable)host).DisposeAsync().ConfigureAwait(false);
            }

            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped while it started.
            return ExitCode.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or UdpBindException or BusException
            or Dhcp.DhcpServerException or Storage.Contract.StorageException)
        {
            await Console.Error.WriteLineAsync($"bramble {name}: {e.Message}{fix(e)}").ConfigureAwait(false);
            return ExitCode.Failure;
        }
    }

    // A background service that fails stops the host, which does not say so to its caller.
    private static async Task FailureAsync(IHost host)
    {
        foreach (IHostedService service in host.Services.GetServices<IHostedService>())
        {
            if (service is BackgroundService { ExecuteTask: { IsFaulted: true } failed })
            {
                await failed.ConfigureAwait(false);
            }
        }
    }
}
