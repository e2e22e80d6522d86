using System.Globalization;
using Bramble.Dhcp.Boards;
using Bramble.Fleet.BootFiles;
using Bramble.Fleet.Timeline;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Faults;

/// <content>While the firmware loads its files.</content>
internal static partial class FaultJudge
{
    /// <summary>A miss counts after so long a silence: until then the firmware may look elsewhere.</summary>
    private static readonly TimeSpan s_missingAfter = TimeSpan.FromSeconds(8);

    /// <summary>A name asked for so often is all that the firmware wants: under its prefix and without, and once more.</summary>
    private const int AskedInVain = 3;

    /// <summary>The bootloader gives a file 30 s; its clock and this server's need not agree to the second.</summary>
    private const double SlowFileSeconds = 28;

    /// <summary>Blocks from this size on may be too large for a way with a small MTU.</summary>
    private const int LargeBlock = 1024;

    private const int LostForGood = 3;

    private const int LoopOfBoots = 3;

    private static Fault? OfFiles(FaultContext c)
    {
        if (c.Notes.ConfigBytes > 0)
        {
            return Fault.Of(
                FaultCode.ConfigTooLarge,
                $"config.txt of client {c.Client?.Name} has {c.Notes.ConfigBytes} bytes with its added lines; {ConfigText.MaxBytes} are read by every firmware.",
                "The image's config.txt is long, or many lines were added to this client. The image's file was sent without the added lines.",
                "Remove comments from config.txt in the client's boot folder, or lines from the client, until it has at most 4096 bytes.",
                c.Boots?.Current?.StageTime ?? c.Now);
        }

        return c.Notes.CommandLineBytes > 0
            ? Fault.Of(
                FaultCode.CommandLineTooLong,
                $"cmdline.txt of client {c.Client?.Name} has {c.Notes.CommandLineBytes} bytes; the kernel cuts what is over about {CommandLine.MaxBytes}.",
                "Many words were added to this client, or the image's cmdline.txt is very long.",
                "Remove words from the client or from cmdline.txt in its boot folder.",
                c.Boots?.Current?.StageTime ?? c.Now)
            : null;
    }

    private static Fault? FileMissing(FaultContext c, Boot boot)
    {
        // There, config.txt is missing too, and that is not the fault.
        if (SignedBootStops(boot) is { } signed)
        {
            return signed;
        }

        List<string> missing = RequiredFiles.Missing(boot, c.Kernels);
        if (missing.Count == 0)
        {
            return null;
        }

        string? tree = missing.Find(static f => f.EndsWith(".dtb", StringComparison.Ordinal));
        return Fault.Of(
            FaultCode.FileMissing,
            $"Asked for and not there: {string.Join(", ", missing)}.",
            tree is null
                ? "The image was not made for this model, or the file was removed from the client's boot folder."
                : $"The image was not made for this model: it has no device tree {tree}{(boot.Family == PiFamily.Pi5 ? "; a Pi 5 needs an image of 2023-10 or later" : "")}.",
            "Use an image that supports this model, or put the file back (in the running system: apt install --reinstall raspi-firmware).",
            boot.Times.Firmware ?? boot.Started);
    }

    private static Fault? FileRefused(Boot boot)
    {
        BootFile? file = boot.Files.LastOrDefault(f => f.Outcome == TftpTransferOutcome.Refused);
        return file is null
            ? null
            : Fault.Of(
                FaultCode.FileRefused,
                $"{file.Path} was refused {Count(file.Asked, "time")}.",
                "The file is not readable for the user 'bramble' or is no plain file, or the board asked under the prefix of another board.",
                "Make the file readable for all (chmod go+r) and check that it is no link that leads out of the boot folder.",
                file.Last);
    }

    /// <summary>A file that is being sent and that the board may not be able to count to the end: told before it hangs.</summary>
    private static Fault? FileTooLargeAhead(FaultContext c, Boot boot)
    {
        if (boot.Current is not { } path || boot.FindFile(path) is not { Outcome: TftpTransferOutcome.Started } file
            || BlockCounter.LargestFile(boot.Family, file.BlockSize, c.Boots!.CountsOn) is not { } largest || file.Length <= largest)
        {
            return null;
        }

        string counts = BlockCounter.IsOld(file.BlockSize) ? "this board's bootloader (older than 2022-10-03) takes" : "a bootloader older than 2025-09-23 takes";
        return FileTooLarge(
            $"{file.Path} has {file.Length} bytes and is asked for in blocks of {file.BlockSize} bytes, of which {counts} {BlockCounter.MaxBlocks}: {largest} bytes.", file.Last);
    }

    private static Fault? FileTooLarge(Boot boot)
    {
        BootFile? file = LastBroken(boot, static f =>
            f.BlockSize > 0 && f.Length > BlockCounter.MaxBlocks * f.BlockSize && BlockCounter.StoppedAtLimit(f.Bytes, f.BlockSize));
        return file is null
            ? null
            : FileTooLarge($"{file.Path} has {file.Length} bytes and stopped at {file.Bytes}: {BlockCounter.MaxBlocks} blocks of {file.BlockSize} bytes.", file.Last);
    }

    private static Fault FileTooLarge(string seen, DateTimeOffset since) => Fault.Of(
        FaultCode.FileTooLarge, seen,
        "The board's bootloader counts only to 65535 blocks. Pi 4 and 5 count on since 2025-09-23, and use larger blocks since 2022-10-03.",
        "Update the board's EEPROM, or make the file smaller (initramfs: MODULES=dep or better compression).",
        since);

    /// <summary>The OACK got through and was answered, and then no block of full size.</summary>
    private static Fault? LargePacketsLost(Boot boot)
    {
        BootFile? file = LastBroken(boot, static f =>
            f.Bytes == 0 && f.Active > 0 && f.BlockSize >= LargeBlock && f.Length >= f.BlockSize && f.Retransmits >= LostForGood);
        return file is null
            ? null
            : Fault.Of(
                FaultCode.LargePacketsLost,
                $"{file.Path}: the board answered, and no block of {file.BlockSize} bytes arrived there, sent {file.Retransmits + 1} times. Such a packet has {file.BlockSize + 32} bytes.",
                "The way to the board takes only smaller packets: a VLAN, a tunnel or a switch with an MTU under 1500.",
                "Set max-block-size in [tftp] to the MTU of the way less 32, or raise that MTU to 1500.",
                file.Last);
    }

    private static Fault? FileTooSlow(Boot boot)
    {
        BootFile? file = boot.Family is PiFamily.Pi4 or PiFamily.Pi5 ? LastBroken(boot, static f => f.Active >= SlowFileSeconds && f.Bytes > 0) : null;
        return file is null
            ? null
            : Fault.Of(
                FaultCode.FileTooSlow,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{file.Path}: {file.Bytes} of {file.Length} bytes were sent in {file.Active:0} s ({file.Bytes / file.Active / 1e6:0.00} MB/s, {file.Retransmits} packets sent again), then the board gave up."),
                "The bootloader gives each file 30 s (TFTP_FILE_TIMEOUT), and the network is too slow or loses too many packets for a file of this size.",
                "Try another cable and switch port, a faster way, or a smaller file; or raise TFTP_FILE_TIMEOUT in the board's EEPROM.",
                file.Last);
    }

    private static Fault? TransferBroken(Boot boot)
    {
        // Where nothing was acknowledged the board may only have looked whether the file is there, and its word for that was lost.
        BootFile? file = LastBroken(boot, static f => f.Bytes > 0 || f.Active > 0);
        return file is null
            ? null
            : Fault.Of(
                FaultCode.TransferBroken,
                $"{file.Path} stopped at {file.Bytes} of {file.Length} bytes{(file.Outcome == TftpTransferOutcome.TimedOut ? ": the board stopped answering" : ": the board gave up")}; {Count(file.Retransmits, "packet")} sent again.",
                "The board was switched off, or the network loses packets: cable, switch port, power supply. A Pi 4 or 5 gives a file 30 s.",
                "Try another cable and switch port; look at the error counters of the switch.",
                file.Last);
    }

    private static BootFile? LastBroken(Boot boot, Func<BootFile, bool> isIt) => boot.Files.LastOrDefault(f =>
        f.Completed == 0 && f.Outcome is TftpTransferOutcome.TimedOut or TftpTransferOutcome.Aborted && isIt(f));

    private static Fault FirmwareSilent(Boot boot)
    {
        BootFile? last = boot.Files.MaxBy(static f => f.Last);
        return Fault.Of(
            FaultCode.FirmwareSilent,
            $"The last file was {last?.Path} at {Clock(boot.LastTransfer)}; {Count(boot.Transfers, "request")} were served and no kernel was taken.",
            "The board was switched off, or its firmware stopped: files of different firmware versions, or an operating system that does not support this model.",
            "Look at the board's screen or LED code; check that the image supports this model and that all firmware files are of one version.",
            boot.LastTransfer);
    }

    /// <summary>The bootloader tells by config.txt whether its folder is there, and a signed boot has none.</summary>
    private static Fault? SignedBootStops(Boot boot) =>
        boot.Family == PiFamily.Pi5 && boot.FindFile("boot.img") is { WasThere: true, Completed: 0 } image && boot.FindFile("config.txt") is { WasThere: false, Asked: > 0 }
            ? Fault.Of(
                FaultCode.SignedBootStops,
                $"boot.img was found {Count(image.Probes, "time")} and never loaded; config.txt was asked for and is not there.",
                "A bootloader of the Pi 5 family before 2026-09-12 looks for config.txt to see whether its folder is there, although a signed boot has none.",
                "Put a config.txt of one comment line beside boot.img, or update the board's EEPROM.",
                boot.Times.Firmware ?? boot.Started)
            : null;

    /// <summary>A board starts anew right after its update: boots that ended the same way are kept as one.</summary>
    private static Fault? EepromLoop(FaultContext c)
    {
        IReadOnlyList<Boot> boots = c.Boots?.Boots ?? [];
        int count = 0;
        for (int i = boots.Count - 1; i >= 0 && boots[i].TookEepromUpdate; i--)
        {
            count += 1 + boots[i].Repeats;
        }

        return count < LoopOfBoots ? null : Fault.Of(
            FaultCode.EepromLoop,
            $"pieeprom.upd was sent whole in each of the last {count} boots.",
            "The update stayed in the boot folder with a new time stamp and does not succeed, or is not for this model.",
            "Remove pieeprom.upd and pieeprom.sig from the client's boot folder.",
            boots[^1].Started);
    }
}
