using System.CommandLine;
using Bramble.Web;

namespace Bramble.Commands;

/// <summary>
/// <c>bramble web</c>: the page, in the foreground. A process of its own: what strangers' browsers send never reaches the boot server.
/// </summary>
internal static class WebCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new ServiceCommand(
        "web", "Serves the web page in the foreground: the fleet to look at, and metrics.",
        static settings => (WebServices.Build(settings), null),
        static (config, _) => $" The port is {config.WebPort}: set another one with [web] port.");
}
