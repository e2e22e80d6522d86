using System.CommandLine;
using Bramble.Bus;
using Bramble.Linux.DBus;
using Bramble.Storage.Contract;
using Spectre.Console;

namespace Bramble.Commands;

/// <summary>The option <c>--now</c> of what a client gets with its next boot: that boot comes at once, if the client can be reached.</summary>
internal static class RestartNow
{
    /// <summary>The option.</summary>
    public static Option<bool> Option() => new("--now") { Description = "Restart the client, if it runs and can be reached." };

    /// <summary>Restarts the client, if that is wanted. One that cannot be reached is told of: what was changed is changed all the same.</summary>
    public static async Task DoAsync(bool isWanted, IBusConnection bus, RootChange change, CancellationToken cancellation)
    {
        if (!isWanted || await AskAsync(bus, change.Client, cancellation))
        {
            return;
        }

        AnsiConsole.MarkupLineInterpolated($"[yellow]{OutOfReach(change.Client)}[/]");
    }

    /// <summary>Asks a client to restart and says so.</summary>
    /// <returns>False if it cannot be reached.</returns>
    public static async Task<bool> AskAsync(IBusConnection bus, string client, CancellationToken cancellation)
    {
        if (!await new FleetBusProxy(bus).RestartAsync(client, cancellation))
        {
            return false;
        }

        AnsiConsole.MarkupLineInterpolated($"[bold]{client}[/] is asked to restart, and does so within ten seconds.");
        return true;
    }

    /// <summary>What a person then has to do.</summary>
    public static string OutOfReach(string client) =>
        $"{client} cannot be reached: nothing was heard of its system for half a minute. If it runs, restart it by hand.";
}
