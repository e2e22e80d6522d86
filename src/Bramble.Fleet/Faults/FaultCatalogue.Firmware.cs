namespace Bramble.Fleet.Faults;

/// <content>While the firmware loads its files.</content>
public static partial class FaultCatalogue
{
    private const string PastFirmware = "A later boot gets past the firmware stage.";

    private static FaultEntry[] Firmware =>
    [
        new(
            FaultCode.FileMissing, "A file that the firmware needs is missing",
            "The firmware asked for `bootcode.bin`, `start*.elf`, `fixup*.dat`, `config.txt` (Pi 5), a device tree, a kernel by one of its own names or by that of `kernel=` in `config.txt`, found none of its kind, and did not go on. The message names the files.",
            ["The image was not made for this model: a Pi 5 needs one of 2023-10 or later.", "The file was removed from the client's boot folder, or is empty: an empty file counts as missing, for the firmware would take it for a good one.", "The board's boot folder holds only some of its files: the firmware does not look elsewhere file by file."],
            ["Use an image that supports this model.", "Put the file back; in the running system: `apt install --reinstall raspi-firmware`.", "`bramble client show NAME --files` lists what was asked for."],
            PastFirmware)
        {
            NotThis = "Other misses are normal: the firmware tries many names.",
        },
        new(
            FaultCode.FileRefused, "A file may not be read",
            "A request was refused for another reason than a missing file.",
            ["File permissions.", "A link that leads out of the boot folder.", "A prefix that belongs to another board."],
            ["`chmod go+r` the file.", "Replace the link by the file."],
            PastFirmware),
        new(
            FaultCode.TransferBroken, "A transfer broke off",
            "A transfer ended in the middle: the board stopped answering or gave up, and the file was never sent whole.",
            ["The board was switched off.", "Packets are lost: cable, switch port, power supply.", "Pi 3: it does not answer ARP while it loads, and something between forgot where it is."],
            ["Try another cable, port and power supply.", "Look at the switch's error counters."],
            PastFirmware)
        {
            NotThis = "Where every block was sent and only the last acknowledgment is missing, the board most likely has the file: that is no fault.",
        },
        new(
            FaultCode.FileTooLarge, "A file is too large for this bootloader",
            "A Pi 4 or 5 asks for a file of more than 65535 blocks, in blocks of 1024 or 1468 bytes, and was never seen to take so long a file; or, on any model, a transfer stopped at 65535 blocks. The first is told at once, before the board hangs; the message names file, size and limit.",
            [
                "Blocks of 1024 bytes are those of a bootloader before 2022-10-03: its limit of 64 MiB is certain.",
                "Blocks of 1468 bytes are those of any later one: its limit of 96.2 MB (96 205 380 bytes) holds if it is older than 2025-09-23.",
            ],
            ["Update the EEPROM.", "Make the file smaller (initramfs: `MODULES=dep`, or better compression)."],
            "The file was sent whole (from then on the board is known to count on), or a later boot gets past the firmware stage."),
        new(
            FaultCode.ConfigTooLarge, "config.txt is too large",
            "`config.txt` with the client's added lines has more than 4096 bytes.",
            ["Long comments.", "Many added lines."],
            ["Shorten it. Until then the image's file is sent as it is, without the added lines."],
            "The file that was sent last is small enough."),
        new(
            FaultCode.CommandLineTooLong, "The kernel command line is too long",
            "The `cmdline.txt` made for the client has more than 1600 bytes; with what the firmware puts in front, the kernel would cut it.",
            ["Many added words."],
            ["Remove words."],
            "The line that was sent last is short enough."),
        new(
            FaultCode.FirmwareSilent, "The firmware stopped asking for files",
            "No request for 45 s after files were sent, and the kernel was not among them.",
            ["The board was switched off.", "Files of different firmware versions are mixed (`start*.elf` and `fixup*.dat`).", "The operating system does not support the model."],
            ["Look at the screen or the LED code.", "Check that all firmware files are of one version."],
            "A later boot loads its kernel."),
        new(
            FaultCode.FileTooSlow, "A file took longer than the bootloader waits",
            "A Pi 4 or 5 gave a file up after 28 s or more, while it was still being sent.",
            ["The network is slow, or loses packets: the bootloader gives each file 30 s (`TFTP_FILE_TIMEOUT`).", "The file is very large: one block is sent for each round trip."],
            ["Look at the rate and at the packets sent again: `bramble client show NAME --files`.", "Connect the board by a faster or shorter way.", "Make the file smaller, or raise `TFTP_FILE_TIMEOUT` in the EEPROM (`bramble eeprom make`)."],
            PastFirmware),
        new(
            FaultCode.LargePacketsLost, "Packets of full size do not arrive",
            "A transfer in blocks of 1024 bytes or more got its first answer, and then no block of full size was ever acknowledged, sent three times or more.",
            ["The way to the board takes only smaller packets: a VLAN, tunnel, PPPoE or VPN between, or a switch with a smaller MTU."],
            ["Set `[tftp] max-block-size` to what gets through: the MTU less 32.", "Or raise the MTU on the way to 1500."],
            PastFirmware),
        new(
            FaultCode.SignedBootStops, "A signed boot does not start",
            "A Pi 5 saw that `boot.img` is there, found no `config.txt` under its prefix, did not load `boot.img`, and began anew or asked for nothing more.",
            ["A bootloader of the Pi 5 family before 2026-09-12 tells by `config.txt` whether its folder is there, although a signed boot has none."],
            ["Put an empty-looking `config.txt` (one comment line) beside `boot.img`.", "Or update the EEPROM."],
            PastFirmware),
        new(
            FaultCode.EepromLoop, "The board takes its EEPROM update at every boot",
            "`pieeprom.upd` was sent whole in each of its last three boots.",
            ["`pieeprom.upd` and a `pieeprom.sig` with a new time stamp stayed in the boot folder, and the update does not succeed.", "The update is not for this model."],
            ["Remove `pieeprom.upd` and `pieeprom.sig` from the client's boot folder.", "Update with `rpi-eeprom-update` in the running system."],
            "A boot did not ask for it."),
    ];
}
