namespace Bramble.Integration.Tests.Lab;

/// <summary>A D-Bus daemon of the test's own that starts <c>bramble storaged</c> on demand, as the system's would through systemd.</summary>
internal sealed class PrivateBus : IDisposable
{
    private readonly RunningProgram _daemon;

    public PrivateBus(string folder, string configFile)
    {
        string socket = Path.Combine(folder, "bus");
        string services = Path.Combine(folder, "services");
        Directory.CreateDirectory(services);
        File.WriteAllText(Path.Combine(services, "org.bramble.Storage1.service"), $"""
            [D-BUS Service]
            Name=org.bramble.Storage1
            Exec={Repository.Bramble} storaged --config {configFile}
            """);
        string config = Path.Combine(folder, "bus.conf");
        File.WriteAllText(config, $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>system</type>
              <listen>unix:path={socket}</listen>
              <servicedir>{services}</servicedir>
              <auth>EXTERNAL</auth>
              <policy context="default">
                <allow user="*"/>
                <allow own="*"/>
                <allow send_destination="*"/>
                <allow receive_sender="*"/>
              </policy>
            </busconfig>
            """);
        Address = $"unix:path={socket}";
        // Its own address in the environment: the services that it starts find it there.
        _daemon = new RunningProgram("dbus-daemon", [$"--config-file={config}", "--nofork", "--nopidfile"], Environment);
        Wait.Until(() => File.Exists(socket), Wait.Soon, () => "The private bus did not start: " + _daemon.Output);
    }

    public string Address { get; }

    /// <summary>The socket that it listens on.</summary>
    public string Socket => Address["unix:path=".Length..];

    /// <summary>What programs need in their environment to use this bus as the system bus.</summary>
    public Dictionary<string, string> Environment => new() { ["DBUS_SYSTEM_BUS_ADDRESS"] = Address };

    public string Output => _daemon.Output;

    public void Dispose() => _daemon.Dispose();
}
