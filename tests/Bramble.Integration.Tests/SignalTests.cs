using System.Globalization;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests;

/// <summary>How the published binary ends when it is told to: the services, and the commands that run for a while.</summary>
[Trait("kind", "integration")]
public sealed class SignalTests : IDisposable
{
    private const int SigInt = 2;
    private const int SigTerm = 15;

    private readonly BootBox _box = new("[dhcp]\nmode = server\n[web]\nport = 8080\n");

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData(SigInt)]
    [InlineData(SigTerm)]
    public void A_server_in_the_foreground_ends_by_either_signal(int signal)
    {
        _box.Start();

        _box.Server.Signal(signal);

        Assert.Equal(0, _box.Server.WaitForExit(Wait.Soon));
        Wait.Until(() => _box.Server.Output.Contains("Stopping.", StringComparison.Ordinal), Wait.Soon, () => _box.Server.Output);
    }

    [Theory]
    [InlineData("web", "STATUS=port 8080")]
    [InlineData("storaged", "READY=1")]
    public void The_other_services_tell_systemd_of_their_life_too(string service, string ready)
    {
        using var notify = new NotifySocket(Path.Combine(_box.Folder, "notify"));
        using var program = new RunningProgram(
            "ip", Segment.In(_box.Segment.ServerNamespace, Repository.Bramble, service, "--config", _box.ConfigFile),
            new Dictionary<string, string>(_box.Bus.Environment) { ["NOTIFY_SOCKET"] = notify.Path });
        Assert.True(notify.WaitFor("READY=1", Wait.Soon).Has(ready));

        // The log level changes; the service goes on.
        File.AppendAllText(_box.ConfigFile, "# changed\n");
        long reloading = notify.WaitFor("RELOADING=1", Wait.Soon).Timestamp;
        notify.WaitFor("READY=1", Wait.Soon, after: reloading);
        program.WaitForOutput("The configuration was read again.", Wait.Soon);
        Assert.False(program.HasExited);

        program.Signal(SigTerm);

        notify.WaitFor("STOPPING=1", Wait.Soon);
        Assert.Equal(0, program.WaitForExit(Wait.Soon));
        Assert.Single(notify.Messages, static m => m.Has("STOPPING=1"));
    }

    [Fact]
    public void A_taken_port_of_the_page_is_named_with_the_fix()
    {
        string[] web = [.. Segment.In(_box.Segment.ServerNamespace, Repository.Bramble, "web", "--config", _box.ConfigFile)];
        using var first = new RunningProgram("ip", web, _box.Bus.Environment);
        first.WaitForOutput("listening", Wait.Soon);

        ShellResult second = Shell.TryRun("ip", web);

        Assert.Equal(1, second.ExitCode);
        Assert.Equal(
            "bramble web: Failed to bind to address http://[::]:8080: address already in use. "
                + "The port is 8080: set another one with [web] port.\n",
            second.Error);
    }

    [Fact]
    public void Storage_without_a_bus_is_named()
    {
        ShellResult storage = Shell.TryRun(
            "env", "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent/bus", Repository.Bramble, "storaged", "--config", _box.ConfigFile);

        Assert.Equal(1, storage.ExitCode);
        Assert.StartsWith("bramble storaged: no D-Bus system bus: ", storage.Error, StringComparison.Ordinal);
        Assert.Equal(1, storage.Error.Count(static c => c == '\n'));
    }

    [Theory]
    [InlineData(SigInt)]
    [InlineData(SigTerm)]
    public void A_watch_ends_by_either_signal(int signal)
    {
        _box.Start();
        using var watch = new RunningProgram(Repository.Bramble, ["watch", "--json"], _box.Bus.Environment);
        // A boot that it reports: it listens.
        Wait.Until(
            () =>
            {
                _box.VirtualPi("--model", "4b", "--serial", "91cdf03d", "--interface", "pi0", "--timeout", "2");
                return watch.Output.Length > 0 || watch.HasExited;
            },
            Wait.Soon, () => "The watch reports nothing.");

        watch.Signal(signal);

        Assert.Equal(0, watch.WaitForExit(Wait.Soon));
    }

    [Theory]
    [InlineData(SigInt)]
    [InlineData(SigTerm)]
    public void A_followed_log_ends_by_either_signal_and_leaves_no_journalctl(int signal)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_box.Folder, "bin")).FullName;
        string journal = Path.Combine(folder, "journalctl");
        File.WriteAllText(journal, "#!/bin/sh\necho \"pid $$\"\nexec sleep 1000\n");
        File.SetUnixFileMode(journal, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var log = new RunningProgram(
            Repository.Bramble, ["log", "--follow"], new Dictionary<string, string> { ["PATH"] = folder + ":/usr/bin:/bin" });
        log.WaitForOutput("pid ", Wait.Soon);
        int child = int.Parse(log.Output.Split("pid ")[1].Trim(), CultureInfo.InvariantCulture);

        log.Signal(signal);

        Assert.Equal(0, log.WaitForExit(Wait.Soon));
        Wait.Until(() => !IsRunning(child), Wait.Soon, () => "journalctl runs on.");
    }

    [Theory]
    [InlineData(SigInt)]
    [InlineData(SigTerm)]
    public void An_import_that_is_interrupted_is_given_up_and_leaves_nothing(int signal)
    {
        // It never ends: its standard input is a pipe into which nobody writes.
        using var import = new RunningProgram(
            Repository.Bramble, ["image", "add", "-", "--name", "endless"], _box.Bus.Environment, typed: true);
        string work = Path.Combine(_box.DataFolder, "tmp");
        Wait.Until(() => Directory.Exists(work) && Directory.EnumerateFileSystemEntries(work).Any(), Wait.Soon, () => import.Output);

        import.Signal(signal);

        Assert.Equal(1, import.WaitForExit(Wait.Soon));
        // The end of the process may be seen before its last line.
        Wait.Until(
            () => import.Output.Contains("bramble: given up; nothing was left behind.", StringComparison.Ordinal), Wait.Soon,
            () => import.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(work));
    }

    private static bool IsRunning(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
