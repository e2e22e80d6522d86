using System.Net.Sockets;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests;

/// <summary>The life of <c>bramble serve</c>: configuration, signals, reload, no bus.</summary>
[Trait("kind", "integration")]
public sealed class ServeTests
{
    private const int SigHup = 1;
    private const int SigTerm = 15;

    [Theory]
    [InlineData("[dhcp]\nmood = auto\n", ":2: There is no key 'mood' in [dhcp]. Fix: did you mean 'mode'?")]
    [InlineData("[dhcp]\nlease-time = 5\n", ":2: '5' is no value for 'lease-time' in [dhcp]. Fix: ")]
    [InlineData("[server]\ninterface = eth77\n", ":2: There is no interface 'eth77' on this machine. Fix: use one of: srv0.")]
    [InlineData("[server]\ninterface = srv0\n[dhcp]\npool = 10.9.9.1-10.9.9.9\n", ":4: The pool 10.9.9.1-10.9.9.9 is not inside 10.77.0.0/24")]
    public void A_mistake_in_the_configuration_is_told_with_file_line_and_fix(string text, string message)
    {
        using var segment = new Segment();
        string file = Path.GetTempFileName();
        File.WriteAllText(file, text);

        ShellResult serve = Shell.TryRun("ip", [.. Segment.In(segment.ServerNamespace, Repository.Bramble, "serve", "--config", file)]);

        File.Delete(file);
        Assert.Equal(2, serve.ExitCode);
        Assert.Contains(file + message, serve.Error, StringComparison.Ordinal);
        Assert.Empty(serve.Output);
    }

    [Fact]
    public void SIGTERM_ends_it_cleanly()
    {
        using var box = new BootBox();
        box.Start();

        box.Server.Signal(SigTerm);

        Assert.Equal(0, box.Server.WaitForExit(Wait.Soon));
        Assert.Contains("Stopping.", box.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_file_and_SIGHUP_reload_and_a_mistake_changes_nothing()
    {
        using var box = new BootBox("[clients]\nenrol = open\n");
        box.Start();
        string good = File.ReadAllText(box.ConfigFile);

        File.WriteAllText(box.ConfigFile, good.Replace("enrol = open", "enrol = list", StringComparison.Ordinal));
        box.Server.WaitForOutput("The configuration was read again.", Wait.Soon);
        Wait.Until(() => box.Bramble("status").Contains("enrolment list", StringComparison.Ordinal), Wait.Soon, () => box.Bramble("status"));

        File.WriteAllText(box.ConfigFile, good.Replace("enrol = open", "enrol = opne", StringComparison.Ordinal));
        box.Server.Signal(SigHup);
        box.Server.WaitForOutput("'opne' is no value for 'enrol'", Wait.Soon);

        Assert.Contains("enrolment list", box.Bramble("status"), StringComparison.Ordinal);
        Assert.False(box.Server.HasExited);
    }

    [Fact]
    public void Without_a_bus_it_says_so_once_and_serves()
    {
        using var box = new BootBox("[dhcp]\nmode = server\n");
        // Something that is no bus: it takes connections and closes them, so that the test sees each try.
        string path = Path.Combine(box.Folder, "no-bus");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        int tries = 0;
        var door = new Thread(() =>
        {
            try
            {
                while (true)
                {
                    listener.Accept().Dispose();
                    Interlocked.Increment(ref tries);
                }
            }
            catch (SocketException)
            {
                // The test is over.
            }
        })
        { IsBackground = true };
        door.Start();
        using var serve = new RunningProgram(
            "ip", Segment.In(box.Segment.ServerNamespace, Repository.Bramble, "serve", "--config", box.ConfigFile),
            new Dictionary<string, string> { ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=" + path });
        serve.WaitForOutput("No D-Bus system bus", Wait.Soon);
        serve.WaitForOutput("Serving", Wait.Soon);

        // The bus is tried again after 1 and 2 s; only the first failure is reported. What a try reports is there before the next one.
        int before = Volatile.Read(ref tries);
        Wait.Until(() => Volatile.Read(ref tries) >= before + 2, Wait.Soon, () => $"{tries} tries\n{serve.Output}");
        Assert.Equal(2, serve.Output.Split("No D-Bus system bus").Length);
        Assert.False(serve.HasExited);
    }

    [Theory]
    [InlineData("--enable-tftp", "TFTP")]
    [InlineData("--dhcp-range=10.77.0.10,10.77.0.20", "DHCP, IP range")]
    public void A_port_that_is_taken_is_told_with_its_holder(string service, string started)
    {
        using var box = new BootBox();
        using var dnsmasq = new RunningProgram("ip", Segment.In(
            box.Segment.ServerNamespace, "dnsmasq", "--keep-in-foreground", "--port=0", service, "--log-facility=-", "--pid-file=", "--dhcp-leasefile=/dev/null"));
        dnsmasq.WaitForOutput(started, Wait.Soon);

        ShellResult serve = Shell.TryRun("ip", [.. Segment.In(box.Segment.ServerNamespace, Repository.Bramble, "serve", "--config", box.ConfigFile)]);

        Assert.Equal(1, serve.ExitCode);
        Assert.Contains("dnsmasq", serve.Error, StringComparison.Ordinal);
    }
}
