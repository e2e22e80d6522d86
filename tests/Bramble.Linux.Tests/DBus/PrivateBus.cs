using System.Diagnostics;
using Bramble.Linux.DBus;

namespace Bramble.Linux.Tests.DBus;

/// <summary>A dbus-daemon of this test's own, in a temporary folder.</summary>
public sealed class PrivateBus : IDisposable
{
    private const string AllowAll = """<policy context="default"><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/></policy>""";

    private readonly Process _daemon;
    private readonly string _folder;

    /// <param name="policy">Policy elements or include elements of the configuration; null to allow everything.</param>
    /// <param name="serviceFolder">Folder with service files for activation.</param>
    public PrivateBus(string? policy = null, string? serviceFolder = null)
    {
        _folder = Directory.CreateTempSubdirectory("bramble-bus-").FullName;
        // Other users must reach the socket: the policy is what is under test.
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        }
        string services = serviceFolder is null ? "" : $"<servicedir>{serviceFolder}</servicedir>";
        string configuration = Path.Combine(_folder, "bus.conf");
        File.WriteAllText(configuration, $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>system</type>
              <listen>unix:path={_folder}/socket</listen>
              <auth>EXTERNAL</auth>
              {services}
              {policy ?? AllowAll}
            </busconfig>
            """);
        string[] arguments = ["--config-file=" + configuration, "--nofork", "--nopidfile", "--print-address=1"];
        _daemon = Process.Start(new ProcessStartInfo("dbus-daemon", serviceFolder is null ? arguments : [.. arguments, "--systemd-activation"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _daemon.ErrorDataReceived += static (_, _) => { };
        _daemon.BeginErrorReadLine();
        Address = _daemon.StandardOutput.ReadLine() ?? throw new InvalidOperationException("dbus-daemon did not start.");
    }

    public string Address { get; }

    public IBusConnection Connect() => BusConnection.TryOpen(Address, out string reason) ?? throw new InvalidOperationException(reason);

    public BusLink Link() => new(() => (BusConnection.TryOpen(Address, out string reason), reason));

    /// <summary>The daemon goes away, as in a crash.</summary>
    public void Kill()
    {
        _daemon.Kill();
        _daemon.WaitForExit();
    }

    /// <summary>Runs busctl against this bus.</summary>
    /// <param name="user">User and group to run it as; null for the present one. Needs root.</param>
    /// <param name="arguments">Its arguments.</param>
    public async Task<(int ExitCode, string Output)> BusctlAsync((string User, string Group)? user, params string[] arguments)
    {
        string[] busctl = ["busctl", "--address=" + Address, .. arguments];
        string[] command = user is { } other ? ["setpriv", "--reuid=" + other.User, "--regid=" + other.Group, "--clear-groups", .. busctl] : busctl;
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    public void Dispose()
    {
        if (!_daemon.HasExited)
        {
            Kill();
        }
        _daemon.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
