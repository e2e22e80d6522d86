using System.Globalization;

namespace Bramble.Appliance.Tests.Lab;

/// <summary>
/// scripts/demo, run as a newcomer runs it, with everything left running: a box and two Pis with real kernels. A fixture.
/// </summary>
public sealed class Demo : IDisposable
{
    private const string Stranger = "192.168.77.8";

    private readonly string _network = "";

    public Demo()
    {
        // Made first, so that it is not made twice at once.
        _ = BoxDisk.Image;
        ShellResult result = Shell.TryRun(TimeSpan.FromMinutes(90), Script, "--keep");
        Output = result.Output;
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"scripts/demo ended with {result.ExitCode}:\n{result.Output}{result.Error}");
        }

        _network = File.ReadAllText(Path.Combine(Folder, "running")).Trim();
        Box = new BoxShell(_network, "192.168.77.1", Folder);
    }

    /// <summary>What it printed.</summary>
    internal string Output { get; }

    internal BoxShell Box { get; }

    private static string Script => Path.Combine(Repository.Root, "scripts", "demo");

    private static string Folder => Path.Combine(Repository.Root, "out", "demo");

    /// <summary>What a Pi's system wrote at this boot, as it printed it on its console: key=value, separated by spaces.</summary>
    /// <param name="pi"><c>pi1</c> or <c>pi2</c>.</param>
    internal static string Proof(string pi)
    {
        string console = File.ReadAllText(Path.Combine(Folder, pi + ".console"));
        string? line = console.Split('\n').FirstOrDefault(static l => l.Contains("boot-proof: ", StringComparison.Ordinal));
        return line?[line.IndexOf("boot-proof: ", StringComparison.Ordinal)..].TrimEnd()
            ?? throw new InvalidDataException($"{pi} printed no proof:\n{console}");
    }

    /// <summary>The seconds of a row of the table of stages: NFS root, iSCSI root.</summary>
    internal (double Nfs, double Iscsi) Stage(string name)
    {
        // NAME SECONDS s SECONDS s
        string[]? row = Output.Split('\n')
            .Select(static line => line.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(words => words.Length == 5 && words[0] == name && words[2] == "s" && words[4] == "s");
        return row is not null
            ? (double.Parse(row[1], CultureInfo.InvariantCulture), double.Parse(row[3], CultureInfo.InvariantCulture))
            : throw new InvalidDataException($"There is no row '{name}':\n{Output}");
    }

    /// <summary>Runs a program on this machine's end of the segment.</summary>
    internal ShellResult Try(string program, params string[] arguments) =>
        Shell.TryRun("ip", ["netns", "exec", _network, "timeout", "60", program, .. arguments]);

    /// <summary>The same, with another source address than the one that a root is open to.</summary>
    internal ShellResult TryAsStranger(string program, params string[] arguments)
    {
        Shell.Run("ip", "-n", _network, "addr", "replace", Stranger + "/24", "dev", "br0");
        Shell.Run("ip", "-n", _network, "route", "replace", Box.Address, "dev", "br0", "src", Stranger);
        try
        {
            return Try(program, arguments);
        }
        finally
        {
            Shell.Run("ip", "-n", _network, "route", "del", Box.Address, "dev", "br0");
            Shell.Run("ip", "-n", _network, "addr", "del", Stranger + "/24", "dev", "br0");
        }
    }

    public void Dispose()
    {
        Box?.CloseSsh();
        Shell.CleanUp(Script, "--stop");
    }
}
