using Bramble.Bus;
using Bramble.Hosting;
using Bramble.Linux.DBus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bramble.Web;

/// <summary>The services of <c>bramble web</c>: Kestrel, HTTP/1.1.</summary>
internal static class WebServices
{
    private const int MostConnections = 200;

    /// <summary>Makes the host; nothing listens yet.</summary>
    public static IHost Build(ServiceSettings settings)
    {
        int port = settings.Config.WebPort;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ServiceHost.AddTo(builder, settings);
        // Connections that are still open after this are closed.
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddSingleton<IFleetSource>(static s =>
            new BusFleetSource(BusLink.ToSystemBus(), s.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<WebServer>();
        builder.Services.AddSingleton<IReloadable, WebReload>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Limit(options, port));
        WebApplication app = builder.Build();
        app.Services.GetRequiredService<ServiceNotifier>().StatusText = () => $"port {port}";
        app.Run(app.Services.GetRequiredService<WebServer>().AnswerAsync);
        return app;
    }

    private static void Limit(KestrelServerOptions options, int port)
    {
        options.AddServerHeader = false;
        options.Limits.MaxConcurrentConnections = MostConnections;
        options.Limits.MaxRequestBodySize = 0;
        options.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        options.Limits.MaxRequestHeaderCount = 64;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        options.ListenAnyIP(port);
    }
}
