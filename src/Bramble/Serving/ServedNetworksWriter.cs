using Bramble.Configuration;
using Bramble.Dhcp;
using Microsoft.Extensions.Logging;

namespace Bramble.Serving;

/// <summary>Writes down which networks are served, and warns where they are served without the check of addresses.</summary>
/// <param name="state">What is served.</param>
/// <param name="loggers">Loggers.</param>
internal sealed partial class ServedNetworksWriter(ServeState state, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger("serve");

    /// <summary>Writes the file for the firewall; a failure is logged.</summary>
    public void Write()
    {
        (BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces) = state.Current;
        try
        {
            ServedNetworks.Tell(config, interfaces);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNetworksNotTold(e.Message);
        }

        if (!config.CheckAddress)
        {
            LogRelaxedCheck();
        }
    }

    [LoggerMessage(
        EventId = 5208, Level = LogLevel.Warning,
        Message = "[tftp] check-address = no: whoever is on the served network can read every board's files, passwords in them too. "
            + "Take the line out unless you alone are on that network.")]
    private partial void LogRelaxedCheck();

    [LoggerMessage(EventId = 5210, Level = LogLevel.Error, Message = "The firewall cannot be told what is served: {Reason}")]
    private partial void LogNetworksNotTold(string reason);
}
