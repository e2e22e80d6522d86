using Bramble.Integration.Tests.Lab;

namespace Bramble.Integration.Tests.Faults;

/// <content>While the firmware loads its files.</content>
public sealed partial class FaultTests
{
    private static FaultScene[] OfFiles =>
    [
        new("a boot folder without start4.elf", "BR201", "Asked for and not there: start4.elf", static scene => InBox(scene, static box =>
        {
            File.Delete(Path.Combine(BootFolder(box), "start4.elf"));
            Boot(box);
        })),
        new("a start4.elf that is a link out of the folder", "BR202", "start4.elf was refused", static scene => InBox(scene, static box =>
        {
            File.Delete(Path.Combine(BootFolder(box), "start4.elf"));
            File.CreateSymbolicLink(Path.Combine(BootFolder(box), "start4.elf"), "/etc/hostname");
            Boot(box);
        })),
        new("a board that loses power in the middle of a file", "BR203", "the board stopped answering", static scene => InBox(scene, static box =>
        {
            // start4.elf takes 13 s.
            Slow(box, "500kbit");
            using RunningProgram board = SwitchOn(box);
            // All files before it are small.
            Wait.Until(() => SentBytes(box) > 200_000, s_soon, () => $"{SentBytes(box)} bytes\n{box.Server.Output}");
        })),
        new("an initramfs of 70 MB and a bootloader of 2021", "BR204", "has 70000000 bytes and is asked for in blocks of 1024 bytes", static scene => InBox(scene, static box =>
        {
            using (FileStream large = File.OpenWrite(Path.Combine(BootFolder(box), "initramfs8")))
            {
                large.SetLength(70_000_000);
            }

            using RunningProgram board = SwitchOn(box, "--eeprom", "2021-11-22");
            box.Server.WaitForOutput("BR204", FaultScene.Patience);
        })),
        new("a config.txt with many comments", "BR205", "has 5", static scene => InBox(scene, static box =>
        {
            File.AppendAllText(Path.Combine(BootFolder(box), "config.txt"), new string('#', 5000));
            box.Bramble("client", "set", "kiosk", "--config", "dtparam=audio=on");
            Boot(box);
        })),
        new("a kernel command line of many words", "BR206", "the kernel cuts what is over", static scene => InBox(scene, static box =>
        {
            File.WriteAllText(Path.Combine(BootFolder(box), "cmdline.txt"), "console=tty1 rootwait" + string.Concat(Enumerable.Repeat(" word=value", 160)) + "\n");
            Boot(box);
        })),
        new("firmware files that do not fit each other", "BR207", "The last file was fixup4.dat", static scene => InBox(scene, static box =>
            Play(box, "pi4b-dhcp-serial-prefix-64bit", ("config.txt", "full"), ("start4.elf", "full"), ("fixup4.dat", "full")))),
        new("a network that is too slow for a file of this size", "BR208", "then the board gave up", static scene => InBox(scene, static box =>
        {
            Slow(box, "1mbit");
            Boot(box);
        })),
        new("a way with a small MTU", "BR209", "Such a packet has 1500 bytes", static scene => InBox(scene, static box => Boot(box, "--mtu", "1400"))),
        new("a signed boot and a Pi 5 of before 2026-09", "BR210", "boot.img was found", static scene => InBox(scene, static box =>
        {
            box.Bramble("client", "add", "signed", "--board", "7bf18f79");
            WaitForRoots(box);
            string folder = BootFolder(box, "signed");
            File.WriteAllText(Path.Combine(folder, "boot.img"), "signed");
            File.Delete(Path.Combine(folder, "config.txt"));
            Play(box, "pi5-rpios-derived", ("boot.img", "probe"), ("config.txt", "not_found"));
        })),
        new("an EEPROM update that stays in the folder", "BR211", "in each of the last 3 boots", static scene => InBox(scene, static box =>
        {
            box.Bramble("client", "add", "updated", "--board", "91cdf03d");
            WaitForRoots(box);
            File.WriteAllText(Path.Combine(BootFolder(box, "updated"), "pieeprom.sig"), "00\nts: 1700000000\n");
            File.WriteAllText(Path.Combine(BootFolder(box, "updated"), "pieeprom.upd"), new string('u', 524_288));
            for (int boot = 0; boot < 3; boot++)
            {
                Play(box, "pi4b-dhcp-serial-prefix-64bit", ("config.txt", "full"), ("pieeprom.sig", "full"), ("pieeprom.upd", "full"));
            }
        })),
    ];
}
