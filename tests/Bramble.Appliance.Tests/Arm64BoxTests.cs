using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>The box of the image for Raspberry Pis with its real binary, from power-on to boards that boot from it.</summary>
[Trait("kind", "vm")]
[Collection(Arm64Tests.Name)]
public sealed partial class Arm64BoxTests(Arm64Image image) : IDisposable
{
    private static readonly TimeSpan s_boot = TimeSpan.FromMinutes(15);

    private readonly LabNetwork _network = new();

    [Fact]
    public void From_power_on_it_serves_boards_by_its_own_DHCP_and_beside_a_router()
    {
        ITestOutputHelper output = TestContext.Current.TestOutputHelper!;
        using var box = new Arm64Box(_network, image, MakeStick());
        var clock = Stopwatch.StartNew();
        box.SwitchOn();
        box.WaitForLoginPrompt();
        output.WriteLine($"login prompt after {clock.Elapsed.TotalSeconds:F0} s");
        box.WaitFor("systemctl -q is-active bramble nfs-server tgt");
        output.WriteLine($"serving after {clock.Elapsed.TotalSeconds:F0} s");

        // The stick that was plugged in is imported by itself.
        box.WaitFor("bramble image list | grep -q raspios-shaped");
        output.WriteLine($"imported after {clock.Elapsed.TotalSeconds:F0} s");
        box.Ssh("bramble client add library --board 8a1b2c3d --nfs 4.1 && bramble client add workshop --board 5e6f7a8b --root iscsi");
        // Behind its initramfs comes the script that mounts version 4.1.
        BootPi("pi1", "8a1b2c3d", "--expect", "initramfs8");
        BootPi("pi2", "5e6f7a8b");
        Assert.Contains("/library", box.Ssh("exportfs -s"), StringComparison.Ordinal);
        Assert.Contains("workshop", box.Ssh("tgtadm --lld iscsi --mode target --op show"), StringComparison.Ordinal);
        output.WriteLine(Memory(box));
        AssertHealthy(box);
        box.SwitchOff();

        using var router = new RunningProgram("ip", _network.In(
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=br0", "--bind-interfaces",
            "--dhcp-range=192.168.77.50,192.168.77.60,1h", $"--dhcp-host={Arm64Box.Mac},192.168.77.49", "--dhcp-leasefile=/dev/null", "--pid-file=", "--log-dhcp", "--log-facility=-"));
        box.Address = "192.168.77.49";
        box.SwitchOn();
        box.WaitFor("systemctl -q is-active bramble nfs-server tgt");
        Assert.Contains("proxy", box.Ssh("bramble status --json"), StringComparison.Ordinal);
        BootPi("pi1", "8a1b2c3d", "--expect", "initramfs8");
        Assert.Contains("DHCPACK(br0) 192.168.77.5", router.Output, StringComparison.Ordinal);
        AssertHealthy(box);
        output.WriteLine(Memory(box));
    }

    public void Dispose() => _network.Dispose();

    // Until the board has loaded every file that its firmware asks for, each compared with the image's.
    private void BootPi(string name, string serial, params string[] options)
    {
        ShellResult result = Shell.TryRun(s_boot + TimeSpan.FromMinutes(1), "ip",
        [
            .. _network.In(
                Repository.VirtualPi, "--model", "4b", "--serial", serial, "--interface", name,
                "--timeout", $"{s_boot.TotalSeconds}", "--file-timeout", "300",
                "--boot-files", Path.Combine(PiSystem.Folder, "boot"), "--expect", "cmdline.txt"),
            .. options,
        ]);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    // It has no battery, and nobody here tells the time.
    private static void AssertHealthy(Arm64Box box)
    {
        ShellResult doctor = box.TrySsh("bramble doctor --json");
        JsonElement[] findings = [.. JsonDocument.Parse(doctor.Output).RootElement.EnumerateArray()];
        Assert.True(findings.Length > 5, doctor.Output);
        Assert.All(
            findings.Where(static finding => finding.GetProperty("check").GetString() != "clock"),
            static finding => Assert.True(finding.GetProperty("result").GetString() == "ok", finding.ToString()));
    }

    private static string Memory(Arm64Box box)
    {
        string text = box.Ssh("""
            bramble image list >/dev/null
            for unit in bramble bramble-storaged; do
                pid=$(systemctl show --property MainPID --value $unit)
                [ "$pid" = 0 ] || echo $unit $(grep -E '^(VmHWM|VmRSS)' /proc/$pid/status)
            done
            """);
        Match serve = Peak().Match(text);
        Assert.True(serve.Success, text);
        Assert.InRange(int.Parse(serve.Groups[1].Value, CultureInfo.InvariantCulture), 1, 45 * 1024);
        return text;
    }

    // A stick with the image of an operating system on it.
    private string MakeStick()
    {
        string stick = Path.Combine(image.Folder, "stick.img"), folder = Path.Combine(image.Folder, "stick");
        Directory.CreateDirectory(folder);
        Shell.Run("cp", "--sparse=always", PiSystem.Disk, Path.Combine(folder, "raspios-shaped.img"));
        string size = $"{((new FileInfo(PiSystem.Disk).Length >> 20) * 11 / 10) + 32}M";
        Shell.Run("mkfs.ext4", "-q", "-F", "-L", "stick", "-m", "0", "-O", "^has_journal,^metadata_csum_seed,^orphan_file", "-d", folder, stick, size);
        Directory.Delete(folder, recursive: true);
        return stick;
    }

    [GeneratedRegex(@"bramble VmHWM: (?<peak>\d+) kB", RegexOptions.None, 1000)]
    private static partial Regex Peak();
}
