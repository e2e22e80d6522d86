using System.CommandLine;
using Bramble.Storing;

namespace Bramble.Commands;

/// <summary><c>bramble storaged</c>: the storage process, started by the bus when it is needed; ends when it is idle.</summary>
internal static class StoragedCommand
{
    /// <summary>The verb.</summary>
    public static Command Create() => new ServiceCommand(
        "storaged", "Runs the storage process (started by D-Bus when it is needed).",
        static settings => (StoragedServices.Build(settings), null), static (_, _) => "");
}
