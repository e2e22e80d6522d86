namespace Bramble.Integration.Tests.Lab;

/// <summary>A machine on a switch.</summary>
/// <param name="Namespace">Its network namespace.</param>
/// <param name="Mac">Its Ethernet address.</param>
internal sealed record Station(string Namespace, string Mac)
{
    /// <summary>The name of its interface.</summary>
    public const string Interface = "eth0";

    /// <summary>The IPv4 address with its length that the kernel has on the interface; null for none.</summary>
    public string? Address =>
        Shell.Run("ip", "-n", Namespace, "-4", "-brief", "addr", "show", "dev", Interface).Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, { } first, ..]
            ? first.Trim() : null;

    /// <summary>From now on what this machine sends to an address alone gets to nobody; its broadcasts do.</summary>
    public void LoseSight(string address) =>
        Shell.Run("ip", "-n", Namespace, "neigh", "replace", address, "lladdr", "02:00:de:ad:00:00", "dev", Interface, "nud", "permanent");

    /// <summary>Starts a program on this machine.</summary>
    public RunningProgram Start(string program, params IEnumerable<string> arguments) =>
        new("ip", Segment.In(Namespace, program, arguments));

    /// <summary>Runs a program on this machine to its end; the caller looks at the exit code.</summary>
    public ShellResult TryRun(string program, params IEnumerable<string> arguments) =>
        Shell.TryRun("ip", [.. Segment.In(Namespace, program, arguments)]);
}
