using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Bramble.Appliance.Tests.Lab;

/// <summary>
/// A virtual Raspberry Pi 4 with a real kernel that stays plugged in: whenever its system restarts or panics, it boots again.
/// </summary>
internal sealed partial class PluggedInPi : IDisposable
{
    private readonly LabNetwork _network;
    private readonly BoxShell _box;
    private readonly string _folder;
    private readonly string _card;
    private readonly Lock _gate = new();
    private readonly Thread _boots;
    private RunningProgram? _loader;
    private int? _kernel;
    private int _boot;
    private bool _unplugged;

    /// <summary>Plugs it in.</summary>
    /// <param name="network">The segment.</param>
    /// <param name="box">The box on it.</param>
    /// <param name="folder">For consoles and keys; the file <c>key</c> there logs in to the Pi.</param>
    /// <param name="client">Its name.</param>
    /// <param name="serial">Its serial.</param>
    /// <param name="card">Its network card in the segment.</param>
    public PluggedInPi(LabNetwork network, BoxShell box, string folder, string client, string serial, string card)
    {
        (_network, _box, _folder, Client, Serial, _card) = (network, box, folder, client, serial, card);
        _boots = new Thread(Run) { IsBackground = true };
        _boots.Start();
    }

    public string Client { get; }

    public string Serial { get; }

    /// <summary>The console of its last boot.</summary>
    public string Console => File.Exists(ConsoleFile) ? File.ReadAllText(ConsoleFile) : "";

    private string ConsoleFile => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{Client}.{_boot}.console"));

    /// <summary>Number, stage and seconds to "up" of its last boot, as the server has seen it.</summary>
    public (int Number, string Stage, double Up) LastBoot()
    {
        string shown = _box.Ssh($"bramble client show {Client} --json");
        Match number = NumberPattern().Match(shown), stage = StagePattern().Match(shown), up = UpPattern().Match(shown);
        return (
            number.Success ? int.Parse(number.Groups["value"].Value, CultureInfo.InvariantCulture) : 0,
            stage.Success ? stage.Groups["value"].Value : "none",
            up.Success ? double.Parse(up.Groups["value"].Value, CultureInfo.InvariantCulture) : 0);
    }

    /// <summary>Waits until a boot after that one is up.</summary>
    public void WaitUntilUp(int after)
    {
        Wait.Until(
            () =>
            {
                Thread.Sleep(1000);
                (int number, string stage, _) = LastBoot();
                return number > after && stage == "up";
            },
            TimeSpan.FromMinutes(15), () => $"{Client} is not up. Its console:\n{Console}");
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{Client} is up, {LastBoot().Up:F0} s after its first request"));
    }

    /// <summary>Waits until a console shows a system that cannot start; returns the line.</summary>
    public string WaitUntilBroken()
    {
        string line = "";
        Wait.Until(
            () => Directory.GetFiles(_folder, Client + ".*.console")
                .Any(file => (line = BrokenPattern().Match(File.ReadAllText(file)).Value) != ""),
            TimeSpan.FromMinutes(10), () => $"{Client} does not show that its root is broken:\n{Console}");
        return line.TrimEnd('\r');
    }

    /// <summary>Its power is gone for a moment; then it boots.</summary>
    public void PullPlug()
    {
        lock (_gate)
        {
            if (_kernel is { } kernel && Runs(kernel))
            {
                Shell.CleanUp("kill", "-KILL", kernel.ToString(CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Runs a command on the Pi itself, as its user would. Its host key must stay what it was at the first time.</summary>
    public ShellResult TrySsh(string command)
    {
        string address = AddressPattern().Match(_box.Ssh($"bramble client show {Client} --json")).Groups["value"].Value;
        return Shell.TryRun(TimeSpan.FromMinutes(2), "ip", [.. _network.In(
            "ssh", "-n", "-F", "none", "-i", Path.Combine(_folder, "key"), "-o", $"UserKnownHostsFile={_folder}/known-{Client}",
            "-o", "StrictHostKeyChecking=accept-new", "-o", "BatchMode=yes", "-o", "HostKeyAlias=" + Client,
            "-o", "HostKeyAlgorithms=ssh-ed25519", "-o", "IdentitiesOnly=yes", "-o", "ConnectTimeout=60",
            "-o", "LogLevel=ERROR", "root@" + address, "--", command)]);
    }

    /// <summary>The same; fails the test if it fails.</summary>
    public string Ssh(string command)
    {
        ShellResult result = TrySsh(command);
        return result.ExitCode == 0
            ? result.Output.Trim()
            : throw new InvalidOperationException($"On {Client}, '{command}' ended with {result.ExitCode}:\n{result.Output}{result.Error}");
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _unplugged = true;
            _loader?.Dispose();
        }

        PullPlug();
        _boots.Join(TimeSpan.FromMinutes(1));
    }

    private void Run()
    {
        while (true)
        {
            RunningProgram loader;
            lock (_gate)
            {
                if (_unplugged)
                {
                    return;
                }

                _boot++;
                _loader = loader = new RunningProgram("ip", _network.In(
                    Repository.VirtualPi, "--model", "4b", "--serial", Serial, "--interface", _card,
                    "--run-kernel", "--tap", "tap-" + _card, "--until", "kernel", "--keep",
                    "--timeout", "600", "--file-timeout", "300", "--kernel-timeout", "600", "--console", ConsoleFile));
            }

            while (!loader.HasExited)
            {
                Thread.Sleep(200);
            }

            lock (_gate)
            {
                Match kernelId = KernelPattern().Match(loader.Output);
                _kernel = kernelId.Success ? int.Parse(kernelId.Groups["value"].Value, CultureInfo.InvariantCulture) : null;
                loader.Dispose();
                if (_unplugged && _kernel is { } late && Runs(late))
                {
                    Shell.CleanUp("kill", "-KILL", late.ToString(CultureInfo.InvariantCulture));
                }
            }

            while (_kernel is { } kernel && Runs(kernel))
            {
                Thread.Sleep(500);
            }

            Thread.Sleep(1000);
        }
    }

    // Not another process that has got the number since.
    private bool Runs(int kernel)
    {
        try
        {
            return File.ReadAllText($"/proc/{kernel}/cmdline").Contains("ifname=tap-" + _card, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [GeneratedRegex("QEMU goes on as process (?<value>[0-9]+)", RegexOptions.None, 1000)]
    private static partial Regex KernelPattern();

    [GeneratedRegex(@"""boot"":\{""number"":(?<value>[0-9]+)", RegexOptions.None, 1000)]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"""stage"":""(?<value>[a-z]+)"",""stages""", RegexOptions.None, 1000)]
    private static partial Regex StagePattern();

    [GeneratedRegex(@"""stages"":\{[^}]*""up"":(?<value>[0-9.]+)", RegexOptions.None, 1000)]
    private static partial Regex UpPattern();

    [GeneratedRegex(@"""address"":""(?<value>[0-9.]+)""", RegexOptions.None, 1000)]
    internal static partial Regex AddressPattern();

    [GeneratedRegex(
        @"(?<value>Kernel panic|Target filesystem doesn't have|No init found|\(initramfs\)|run-init:).*", RegexOptions.None, 1000)]
    private static partial Regex BrokenPattern();
}
