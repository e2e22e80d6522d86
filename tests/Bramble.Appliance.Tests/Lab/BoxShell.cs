using System.Globalization;

namespace Bramble.Appliance.Tests.Lab;

/// <summary>SSH into a box, as root, with the key from its boot partition.</summary>
/// <param name="network">Name of the network namespace that this machine's end of the segment is in.</param>
/// <param name="address">The box.</param>
/// <param name="folder">Folder with the file <c>key</c>; the socket of the shared connection is put there.</param>
internal class BoxShell(string network, string address, string folder)
{
    /// <summary>The memory that the boot server may take, in kB: the whole box runs on a Pi with 512 MB.</summary>
    public const int MemoryBudget = 40960;

    public string Address { get; } = address;

    /// <summary>The private key.</summary>
    protected string KeyFile { get; } = Path.Combine(folder, "key");

    private string Control => "ControlPath=" + Path.Combine(folder, "ssh-shared");

    /// <summary>True if a connection to the port can be made.</summary>
    public bool IsOpen(int port) =>
        Shell.TryRun("ip", [.. In("timeout", "3", "bash", "-c", $"</dev/tcp/{Address}/{port}")]).ExitCode == 0;

    /// <summary>Runs a command there; fails the test if it fails.</summary>
    public string Ssh(string command)
    {
        ShellResult result = TrySsh(command);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"On the box, '{command}' ended with {result.ExitCode}:\n{result.Output}{result.Error}");
    }

    /// <summary>Starts a command there, on a connection of its own.</summary>
    public RunningProgram SshInBackground(string command) => new("ip", In("ssh", Words(["-i", KeyFile], command)));

    /// <summary>Runs a command there.</summary>
    /// <param name="command">For the shell.</param>
    /// <param name="options">Further options of ssh; with any, a connection of its own.</param>
    public ShellResult TrySsh(string command, params string[] options)
    {
        string[] shared = options.Length > 0
            ? options
            : ["-i", KeyFile, "-o", "ControlMaster=auto", "-o", "ControlPersist=yes", "-o", Control];
        return Shell.TryRun(TimeSpan.FromMinutes(30), "ip", [.. In("ssh", Words(shared, command))]);
    }

    /// <summary>Memory of the boot server, resident at most since it started, in kB.</summary>
    public int PeakMemory() => int.Parse(
        Ssh("sed -n 's/^VmHWM:[^0-9]*\\([0-9]*\\) kB/\\1/p' /proc/$(systemctl show -P MainPID bramble)/status").Trim(),
        CultureInfo.InvariantCulture);

    /// <summary>Ends the shared connection, which is a program of its own.</summary>
    public void CloseSsh() => Shell.CleanUp("ssh", "-F", "none", "-o", Control, "-O", "exit", "root@" + Address);

    private IEnumerable<string> In(string program, params IEnumerable<string> arguments) =>
        ["netns", "exec", network, program, .. arguments];

    private string[] Words(string[] options, string command) =>
    [
        "-n", "-F", "none", .. options, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
        "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=60", "-o", "LogLevel=ERROR", "root@" + Address, "--", command,
    ];
}
