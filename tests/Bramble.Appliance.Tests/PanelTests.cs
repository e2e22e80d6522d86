using System.Globalization;
using System.Text.Json;
using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>A simulated front panel in a box: under systemd, by the kernel's own interfaces.</summary>
[Trait("kind", "vm")]
public sealed class PanelTests(RunningBox running) : IClassFixture<RunningBox>
{
    private const string Usual = "ssd1306-128x64";
    private const string Serial = "8a1b2c3d";

    private readonly SimulatedPanel _panel = new(running.Box);

    private Box Box => running.Box;

    [Fact]
    public void A_panel_works_from_plugging_it_in_to_shutting_down_by_its_button()
    {
        Box.Ssh("printf '[clients]\\nenrol = button\\n\\n[panel]\\nsleep = 15m\\n' >/etc/bramble/bramble.conf");
        PlugIn();
        ApproveByButton();
        int files = CountFiles();
        ChangeDisplays();
        BreakTheBus();
        int now = CountFiles();
        Assert.True(now <= files, $"The boot server has {now} open files; before the display was unplugged it had {files}.");
        UseTheLedOfTheBoard();
        UsePlainLines();
        Assert.InRange(Box.PeakMemory(), 1, BoxShell.MemoryBudget);
        ShutDown();
    }

    // A box without a panel gets one.
    private void PlugIn()
    {
        _panel.MakeChip();
        _panel.WaitForLog("Front panel: none.");
        _panel.Do("display " + Usual);
        _panel.Do("parts");
        _panel.WaitForLog("at 0x3c, status LED bramble:status, activity LED bramble:activity, button bramble-keys.");
        CheckPicture(Usual);
        _panel.CheckRhythm(17, 9, 85, 99);
    }

    // A board waits until the button is pressed for a second and a half.
    private void ApproveByButton()
    {
        using var board = new RunningProgram("ip", running.Network.In(
            "timeout", ["900", Repository.VirtualPi, "--model", "4b", "--serial", Serial, "--interface", "pi1",
            "--timeout", "600", "--file-timeout", "300",
            "--boot-files", Path.Combine(PiSystem.Folder, "boot"), "--expect", "cmdline.txt"]));
        Wait.Until(
            () => Unassigned().Contains(Serial, StringComparison.Ordinal),
            TimeSpan.FromMinutes(2), () => $"The board does not wait: {board.Output}");
        _panel.CheckRhythm(17, 7, 1, 30);
        CheckPicture(Usual);
        _panel.Do("press 1.5");
        _panel.WaitForLog("Front panel: OpenPairing");
        CheckPicture(Usual);
        Assert.Equal(0, board.WaitForExit(TimeSpan.FromMinutes(10)));
        Assert.Contains("\"stage\":\"loaded\"", board.Output, StringComparison.Ordinal);

        // Pressed again, the window closes; it would be open for two minutes.
        _panel.Do("press 1.5");
        _panel.WaitForLog("Front panel: ClosePairing");

        // It has no kernel that reports that it is up; without that, the LED would soon show a fault. The up-beacon: docs/architecture.md.
        using var client = JsonDocument.Parse(Box.Ssh($"cat /var/lib/bramble/clients/pi-{Serial}.json"));
        string? token = client.RootElement.GetProperty("beaconToken").GetString();
        string beacon = $"bramble-up 1 pi-{Serial} {token} 3d1b0a52-0d8e-4a3c-9c86-0e6f6a1f2b77";
        // A beacon counts only from the address of its boot.
        string address = PluggedInPi.AddressPattern().Match(Box.Ssh($"bramble client show pi-{Serial} --json")).Groups["value"].Value;
        running.Network.Ip("addr", "add", address + "/32", "dev", "br0");
        running.Network.Ip("route", "add", Box.Address, "dev", "br0", "src", address);
        running.Network.Run("bash", "-c", $"echo '{beacon}' >/dev/udp/{Box.Address}/6767");
        running.Network.Ip("route", "del", Box.Address, "dev", "br0");
        running.Network.Ip("addr", "del", address + "/32", "dev", "br0");
        Wait.Until(() => Box.Ssh("bramble status").Contains("1 up", StringComparison.Ordinal), Wait.Soon, () => Box.Ssh("bramble status"));
    }

    private void ChangeDisplays()
    {
        foreach (string model in (string[])["sh1106", "ssd1306-128x32", Usual])
        {
            _panel.Do("display none");
            _panel.WaitForLog("Front panel: display none");
            _panel.Do("display " + model);
            _panel.WaitForLog("Front panel: display S");
            CheckPicture(model);
        }
    }

    private void BreakTheBus()
    {
        _panel.Do("bus broken");
        _panel.WaitForLog("Front panel: display none");
        Box.Ssh("bramble status");
        _panel.Do("bus fine");
        _panel.WaitForLog("Front panel: display S");
        TurnThePage();
    }

    private void UseTheLedOfTheBoard()
    {
        _panel.Do("no-parts");
        _panel.WaitForLog("button none");
        _panel.Do("parts bare");
        _panel.WaitForLog("status LED ACT,");
        _panel.CheckRhythm(42, 9, 85, 99);
        _panel.Do("no-parts");
        _panel.WaitForLog("status LED none");
    }

    private void UsePlainLines()
    {
        // [panel] is the last section of the file.
        Box.Ssh("printf '%s\\n' 'status-led = gpio:17' 'activity-led = gpio:22' 'button = gpio:27' >>/etc/bramble/bramble.conf");
        Box.Ssh("systemctl reload bramble");
        _panel.WaitForLog("status LED gpio:17, activity LED gpio:22, button gpio:27.");
        _panel.CheckRhythm(17, 9, 85, 99);
        TurnThePage();
    }

    // The button held for six seconds.
    private void ShutDown()
    {
        Box.TrySsh("sh /run/stick/panel/panel-sim press 6");
        Box.WaitUntilOff(() => $"The button did not shut it down:\n{Box.LastOfConsole()}");
        Assert.Contains("reboot: Power down", Box.LastOfConsole(), StringComparison.Ordinal);
    }

    private void TurnThePage()
    {
        byte[] before = CheckPicture(Usual);
        _panel.Do("press 0.15");
        Assert.False(before.AsSpan().SequenceEqual(CheckPicture(Usual)), "A short press does not turn the page.");
    }

    private string Unassigned()
    {
        using var status = JsonDocument.Parse(Box.Ssh("bramble status --json"));
        return status.RootElement.GetProperty("unassigned").GetRawText();
    }

    private byte[] CheckPicture(string model) => _panel.CheckPicture(model, running.Disk.Folder);

    private int CountFiles() =>
        int.Parse(Box.Ssh("ls /proc/$(systemctl show -P MainPID bramble)/fd | wc -l").Trim(), CultureInfo.InvariantCulture);
}
