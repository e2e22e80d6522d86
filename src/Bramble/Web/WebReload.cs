using Bramble.Configuration;
using Bramble.Hosting;
using Microsoft.Extensions.Logging;

namespace Bramble.Web;

/// <summary>Of the configuration, the page has only its port, which takes a restart to change.</summary>
/// <param name="settings">What the service was started with.</param>
/// <param name="loggers">Loggers.</param>
internal sealed partial class WebReload(ServiceSettings settings, ILoggerFactory loggers) : IReloadable
{
    private readonly ILogger _logger = loggers.CreateLogger("web");

    /// <inheritdoc/>
    public IReadOnlyList<string> Reload(BrambleConfig config)
    {
        if (config.WebPort != settings.Config.WebPort)
        {
            LogNeedsRestart();
        }

        return [];
    }

    [LoggerMessage(
        EventId = 5302, Level = LogLevel.Warning, Message = "A changed port takes effect at the next start: 'systemctl restart bramble-web'.")]
    private partial void LogNeedsRestart();
}
