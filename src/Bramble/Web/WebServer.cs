using System.Net;
using System.Net.NetworkInformation;
using System.Text;
using Bramble.Linux.DBus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Bramble.Web;

/// <summary>The pages on a TCP port: Kestrel, HTTP/1.1, reading only.</summary>
internal sealed partial class WebServer : IAsyncDisposable
{
    private const int MostConnections = 200;
    private const int MostLive = 64;

    // A burst of boot events is one new picture.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(400);

    private readonly WebPages _pages;
    private readonly IFleetSource _source;
    private readonly WebApplication _app;
    private readonly ILogger _logger;
    private readonly string _domain = IPGlobalProperties.GetIPGlobalProperties().DomainName;
    private int _live;

    /// <summary>Makes a server; nothing listens yet.</summary>
    public WebServer(IFleetSource source, int port, ILoggerFactory loggers)
    {
        (_source, _pages, _logger) = (source, new WebPages(source), loggers.CreateLogger("web"));
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = MostConnections;
            options.Limits.MaxRequestBodySize = 0;
            options.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            options.Limits.MaxRequestHeaderCount = 64;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
            options.ListenAnyIP(port);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Listens.</summary>
    /// <exception cref="IOException">The port is taken or not allowed.</exception>
    public Task StartAsync(CancellationToken cancellation) => _app.StartAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(patience.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        HttpResponse response = context.Response;
        foreach ((string name, string value) in WebHeaders.All)
        {
            response.Headers[name] = value;
        }

        if (!WebHeaders.IsLocalName(request.Host.Host, _domain))
        {
            response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return;
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }

        CancellationToken gone = context.RequestAborted;
        try
        {
            if (request.Path == "/live" && HttpMethods.IsGet(request.Method))
            {
                await LiveAsync(context, request.Query["of"].ToString(), gone).ConfigureAwait(false);
                return;
            }

            await WriteAsync(response, await _pages.GetAsync(request.Path.Value ?? "/", gone).ConfigureAwait(false), HttpMethods.IsHead(request.Method), gone).ConfigureAwait(false);
        }
        catch (BusException e)
        {
            LogNoFleet(e.Message);
            if (!response.HasStarted)
            {
                await WriteAsync(response, WebPages.NoServer(e.Message), HttpMethods.IsHead(request.Method), gone).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The visitor left.
        }
    }

    private static async Task WriteAsync(HttpResponse response, WebReply reply, bool head, CancellationToken gone)
    {
        response.StatusCode = reply.Status;
        response.ContentType = reply.Type;
        response.ContentLength = reply.Body.Length;
        if (!head)
        {
            await response.Body.WriteAsync(reply.Body, gone).ConfigureAwait(false);
        }
    }

    /// <summary>Server-sent events (HTML standard, section 9.2): the page's content each time it changed.</summary>
    private async Task LiveAsync(HttpContext context, string path, CancellationToken gone)
    {
        if (Interlocked.Increment(ref _live) > MostLive)
        {
            Interlocked.Decrement(ref _live);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        try
        {
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await context.Response.WriteAsync("retry: 3000\n\n", gone).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(gone).ConfigureAwait(false);
            for (long seen = 0; ;)
            {
                seen = await _source.ChangedAsync(seen, gone).ConfigureAwait(false);
                if (await _pages.MainAsync(path, gone).ConfigureAwait(false) is not { Live: true } page)
                {
                    return;
                }

                await context.Response.WriteAsync(Event(page.Main), gone).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(gone).ConfigureAwait(false);
                await Task.Delay(s_quiet, gone).ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _live);
        }
    }

    /// <summary>One event; each line of its data has a name in front.</summary>
    internal static string Event(string data) =>
        new StringBuilder(data.Length + 256).Append("data: ").Append(data.TrimEnd('\n').Replace("\r", "", StringComparison.Ordinal).Replace("\n", "\ndata: ", StringComparison.Ordinal)).Append("\n\n").ToString();

    [LoggerMessage(EventId = 5301, Level = LogLevel.Warning, Message = "The boot server does not answer: {Reason}")]
    private partial void LogNoFleet(string reason);
}
