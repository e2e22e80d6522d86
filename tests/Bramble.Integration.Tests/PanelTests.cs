using System.Text.Json;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests;

/// <summary>The front panel of the published binary, on a machine that has none: seen and pressed from a terminal.</summary>
[Trait("kind", "integration")]
public sealed class PanelTests
{
    private const string Serial = "91cdf03d";
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(30);

    [Fact]
    public void The_panel_can_be_seen_where_there_is_none()
    {
        using var box = new BootBox("[dhcp]\nmode = server\n[panel]\nbutton = input:no such device\n");
        box.Start();
        box.Server.WaitForOutput("Front panel: ", s_soon);
        Assert.Contains("[panel] button = no such device: There is no input device", box.Server.Output, StringComparison.Ordinal);

        string picture = Path.Combine(box.Folder, "panel.png");
        box.Bramble("panel", "--png", picture, "--scale", "2");
        byte[] png = File.ReadAllBytes(picture);
        Assert.Equal((256, 128), (Big(png, 16), Big(png, 20)));

        string text = box.Bramble("panel");
        Assert.Contains("serving, all is well", text, StringComparison.Ordinal);
        Assert.Equal(32, text.Split('\n').Count(line => line.StartsWith('│')));
        Assert.NotEqual(0, box.TryBramble("panel", "--png", "/no/such/folder/panel.png").ExitCode);
    }

    /// <summary>Press to approve: an unknown board waits, pairing is opened by a key that presses the button for a second, the board boots.</summary>
    [Fact]
    public async Task An_unknown_board_boots_once_somebody_has_pressed()
    {
        using var box = new BootBox("[dhcp]\nmode = server\n[clients]\nenrol = button\n");
        box.Bramble("image", "add", PiDisk.Make(box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
        box.Start();

        Task<ShellResult> boot = Task.Run(() => box.VirtualPi(
            "--model", "4b", "--serial", Serial, "--interface", "pi0",
            "--boot-files", Path.Combine(box.DataFolder, "images/pi/boot"), "--expect", "cmdline.txt", "--timeout", "90"));
        Wait.Until(() => box.Status().GetProperty("unassigned").GetArrayLength() == 1, s_soon, () => box.Server.Output);
        Assert.Equal(0, box.Status().GetProperty("clients").GetArrayLength());

        // script(1) gives the program a terminal, and it the keys: p holds the button for pairing, q leaves.
        ShellResult keys = Shell.TryRun("env", [
            "DBUS_SYSTEM_BUS_ADDRESS=" + box.Bus.Address, "TERM=xterm", "sh", "-c",
            $"(sleep 1; printf p; sleep 3; printf q) | script -qec '{Repository.Bramble} panel' /dev/null"]);

        Assert.Contains("Front panel: OpenPairing", box.Server.Output, StringComparison.Ordinal);
        Assert.Contains("pairing is open", keys.Output, StringComparison.Ordinal);
        ShellResult booted = await boot;
        Assert.True(booted.ExitCode == 0, $"{booted.Output}{booted.Error}\nServer:\n{box.Server.Output}");
        Assert.Equal($"pi-{Serial}", Assert.Single(box.Status().GetProperty("clients").EnumerateArray()).GetProperty("name").GetString());
    }

    private static int Big(byte[] bytes, int at) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
}
