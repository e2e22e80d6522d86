using System.Net.NetworkInformation;
using System.Text;
using Bramble.Hosting;
using Bramble.Linux.DBus;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bramble.Web;

/// <summary>Answers HTTP requests for the pages; reading only.</summary>
internal sealed partial class WebServer
{
    private const int MostLive = 64;

    // A burst of boot events is one new picture.
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(400);

    private readonly WebPages _pages;
    private readonly IFleetSource _source;
    private readonly ILogger _logger;
    private readonly CancellationToken _stopping;
    private readonly string _domain = IPGlobalProperties.GetIPGlobalProperties().DomainName;
    private int _live;

    /// <param name="settings">What the service was started with.</param>
    /// <param name="source">The fleet.</param>
    /// <param name="lifetime">The host: live pages end when it stops.</param>
    /// <param name="loggers">Loggers.</param>
    public WebServer(ServiceSettings settings, IFleetSource source, IHostApplicationLifetime lifetime, ILoggerFactory loggers)
    {
        (_source, _pages, _logger, _stopping) = (source, new WebPages(source), loggers.CreateLogger("web"), lifetime.ApplicationStopping);
        lifetime.ApplicationStarted.Register(() => LogListening(settings.Config.WebPort));
    }

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(HttpContext context)
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
                using var end = CancellationTokenSource.CreateLinkedTokenSource(gone, _stopping);
                await LiveAsync(context, request.Query["of"].ToString(), end.Token).ConfigureAwait(false);
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
            // The visitor left, or the server stops.
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

    [LoggerMessage(EventId = 5303, Level = LogLevel.Information, Message = "The page is listening on port {Port}.")]
    private partial void LogListening(int port);

    [LoggerMessage(EventId = 5301, Level = LogLevel.Warning, Message = "The boot server does not answer: {Reason}")]
    private partial void LogNoFleet(string reason);
}
