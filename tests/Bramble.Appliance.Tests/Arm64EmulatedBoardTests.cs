using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>
/// A Raspberry Pi 3B as QEMU emulates it, with the image on its card. QEMU has no firmware: it is given kernel, initramfs, device tree and
/// command line of the image.
/// </summary>
[Trait("kind", "vm")]
[Collection(Arm64Tests.Name)]
public sealed class Arm64EmulatedBoardTests(Arm64Image image)
{
    [Fact]
    public void A_Pi_3_comes_from_the_card_to_the_login_prompt()
    {
        // The second serial port, as on a board; the first one is Bluetooth's.
        string console = Path.Combine(image.Folder, "console-pi3");
        using var machine = new RunningProgram("timeout",
        [
            "3600", "qemu-system-aarch64", "-M", "raspi3b", "-accel", "tcg,thread=multi,tb-size=512", "-display", "none", "-no-reboot",
            "-kernel", image.CopyOf("linux"), "-initrd", image.CopyOf("initrd"), "-dtb", image.CopyOf("bcm2837-rpi-3-b.dtb"),

            // QEMU's watchdog of this board restarts the machine when it is switched on, whatever its time is.
            "-append", image.BootText("bramble/a/cmdline.txt").Trim() + " module_blacklist=bcm2835_wdt",
            "-drive", $"file={image.Flash("card.img")},format=raw,if=sd,cache=unsafe", "-serial", "null", "-serial", "file:" + console,
        ]);
        string Console() => File.Exists(console) ? File.ReadAllText(console) : "";
        Wait.Until(
            () => machine.HasExited || Console().Contains("bramble login:", StringComparison.Ordinal), TimeSpan.FromMinutes(50),
            () => $"It does not come to the login prompt. Its console:\n{string.Join('\n', Console().Split('\n').TakeLast(60))}");
        Assert.False(machine.HasExited, machine.Output + Console());
    }
}
