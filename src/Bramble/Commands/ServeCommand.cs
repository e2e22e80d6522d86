using System.CommandLine;
using Bramble.Serving;

namespace Bramble.Commands;

/// <summary><c>bramble serve</c>: the boot server, in the foreground.</summary>
internal static class ServeCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new ServiceCommand(
        "serve", "Runs the boot server in the foreground.", ServeServices.Build,
        static (_, e) => e is UnauthorizedAccessException
            ? " It must be started by systemd (systemctl start bramble), or by root (sudo)."
            : "");
}
