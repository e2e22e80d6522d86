using System.Globalization;
using Bramble.Dhcp.Boards;
using Bramble.Fleet.BootFiles;
using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Timeline;
using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Faults;

/// <summary>Finds the reason why a board does not boot. Pure; a fault is over as soon as this finds it no more.</summary>
internal static class FaultJudge
{
    /// <summary>A miss counts after so long a silence: until then the firmware may look elsewhere.</summary>
    private static readonly TimeSpan s_missingAfter = TimeSpan.FromSeconds(8);

    /// <summary>A name asked for so often is all that the firmware wants: under its prefix and without, and once more.</summary>
    private const int AskedInVain = 3;

    /// <summary>A board that was not heard of for so long is switched off.</summary>
    private static readonly TimeSpan s_awayAfter = TimeSpan.FromMinutes(15);

    /// <summary>The fault of a board or client; null for none.</summary>
    public static Fault? Judge(FaultContext c)
    {
        Boot? boot = c.Boots?.Current;
        bool up = boot is { Stage: BootStage.Up };
        if (c.RootTrouble is { } trouble && !up)
        {
            return trouble;
        }

        if (c.Board is { } board && c.Client is null && c.Now - board.LastSeen < s_awayAfter)
        {
            if (c.Verdict == EnrolmentVerdict.Remember)
            {
                return NotApproved(c);
            }

            if (c.Verdict == EnrolmentVerdict.Full)
            {
                return FleetFull(c);
            }
        }

        if (boot is null || up || c.Now - boot.LastEvent > c.Options.Bounds.Silent)
        {
            return null;
        }

        return OfFiles(c) ?? OfBoot(c, boot) ?? OfEnded(c, boot);
    }

    /// <summary>Faults of the boot that runs.</summary>
    private static Fault? OfBoot(FaultContext c, Boot boot)
    {
        if (boot.Stage == BootStage.Firmware && boot.Current is null)
        {
            bool silent = c.Now - boot.LastEvent > s_missingAfter;
            bool insists = RequiredFiles.Missing(boot, c.Kernels).Any(name => boot.FindFile(name)?.Asked >= AskedInVain);
            if ((silent || insists) && FileMissing(c, boot) is { } missing)
            {
                return missing;
            }
        }

        if (boot.Stage == BootStage.Firmware && FileTooLargeAhead(c, boot) is { } tooLarge)
        {
            return tooLarge;
        }

        // What a board does with the root of another server is not seen from here.
        bool isElsewhere = boot.Stage == BootStage.Kernel && c.Client?.RootKind == RootKind.External;
        return !isElsewhere && c.Options.Bounds.IsStuck(boot, c.Now) ? OfStuck(c, boot) : null;
    }

    /// <summary>A boot that was given up and tried anew: its fault stands until the new one comes further.</summary>
    private static Fault? OfEnded(FaultContext c, Boot boot)
    {
        if (c.Boots?.Previous is not { } previous || previous.Stage != BootStage.Firmware || boot.Stage > previous.Stage
            || boot.Started - previous.LastEvent > s_awayAfter)
        {
            return null;
        }

        return FileMissing(c, previous) ?? FileRefused(previous) ?? FileTooLarge(previous) ?? TransferBroken(previous);
    }

    private static Fault? OfStuck(FaultContext c, Boot boot) => boot.Stage switch
    {
        BootStage.Discover => c.Preparing || c.Client is null ? null : NoOffer(boot),
        BootStage.Offered => boot.OtherServer.IsAny || boot.Proxy ? NoRequest(c, boot) : OtherServer(c, boot),
        BootStage.Bound => NoTftp(c, boot),
        BootStage.Firmware => FileMissing(c, boot) ?? FileRefused(boot) ?? FileTooLarge(boot) ?? TransferBroken(boot) ?? FirmwareSilent(boot),
        BootStage.Kernel => NoRoot(c, boot),
        BootStage.Root => NotUp(c, boot),
        _ => null,
    };

    private static Fault? OfFiles(FaultContext c)
    {
        if (c.Notes.ConfigBytes > 0)
        {
            return new Fault(
                FaultCode.ConfigTooLarge, "config.txt is too large",
                $"config.txt of client {c.Client?.Name} has {c.Notes.ConfigBytes} bytes with its added lines; {ConfigText.MaxBytes} are read by every firmware.",
                "The image's config.txt is long, or many lines were added to this client. The image's file was sent without the added lines.",
                "Remove comments from config.txt in the client's boot folder, or lines from the client, until it has at most 4096 bytes.",
                c.Boots?.Current?.StageTime ?? c.Now);
        }

        return c.Notes.CommandLineBytes > 0
            ? new Fault(
                FaultCode.CommandLineTooLong, "The kernel command line is too long",
                $"cmdline.txt of client {c.Client?.Name} has {c.Notes.CommandLineBytes} bytes; the kernel cuts what is over about {CommandLine.MaxBytes}.",
                "Many words were added to this client, or the image's cmdline.txt is very long.",
                "Remove words from the client or from cmdline.txt in its boot folder.",
                c.Boots?.Current?.StageTime ?? c.Now)
            : null;
    }

    private static Fault NotApproved(FaultContext c) => new(
        FaultCode.NotApproved, "The board is not approved",
        $"Board {c.Board!.Ref} ({c.Board.Mac}) asks to boot; it was last seen at {Clock(c.Board.LastSeen)}.",
        $"Enrolment is '{c.Options.EnrolmentPolicy.ToString().ToLowerInvariant()}' and nobody has approved this board.",
        $"If it is yours: bramble client approve {c.Board.Ref}",
        c.Board.FirstSeen);

    private static Fault FleetFull(FaultContext c) => new(
        FaultCode.FleetFull, "No more boards enrol themselves",
        $"Board {c.Board!.Ref} ({c.Board.Mac}) asks to boot, and {c.Options.MaxEnrolled} clients are there already.",
        "The fleet is as large as the configuration allows, or somebody sends forged requests.",
        "Remove clients that are not used, raise the limit in the configuration, or approve this board by hand.",
        c.Board.FirstSeen);

    private static Fault NoOffer(Boot boot) => new(
        FaultCode.NoOffer, "The board asks and gets no answer",
        $"{Count(boot.Discovers, "DHCPDISCOVER")} since {Clock(boot.Started)}, no offer sent.",
        "The address pool is used up, or DHCP is switched off on the interface that the board is on.",
        "Look at the DHCP section of the configuration and at the leases; enlarge the pool.",
        boot.Started);

    private static Fault NoRequest(FaultContext c, Boot boot)
    {
        bool pi3 = boot.Family == PiFamily.Pi3;
        string cause = (pi3, boot.Proxy) switch
        {
            (true, _) => "The offer did not reach the board: a Pi 3's boot ROM loses replies on busy or filtered switches, and it gives up after five tries (25 s).",
            (_, true) => "No other DHCP server gave it an address: in proxy mode Bramble only adds the boot information.",
            _ => "The offer did not reach the board, or another server's offer confused it.",
        };
        string fix = (pi3, boot.Proxy) switch
        {
            (true, _) => "Switch the board off and on again. If it happens often: switch off spanning tree (or set its ports to edge/portfast), or put a card with only bootcode.bin into the board.",
            (_, true) => "Check that the router's DHCP server is on and has free addresses, or let Bramble give the addresses (mode = server).",
            _ => "Check the switch for DHCP snooping (this server's port must be trusted) and spanning tree.",
        };
        return new Fault(
            FaultCode.NoRequest, "The board takes no offer",
            $"{Count(boot.Discovers, "DHCPDISCOVER")} and {Count(boot.Offers, "offer")} since {Clock(boot.Started)}, and no {(pi3 ? "file was asked for" : "DHCPREQUEST")}.",
            cause, fix, boot.Times.Offered ?? boot.Started);
    }

    private static Fault OtherServer(FaultContext c, Boot boot) => new(
        FaultCode.OtherServer, "A second DHCP server took the board",
        $"The board was offered {boot.Address} by {c.Server}, and went with {boot.OtherServer}.",
        $"{boot.OtherServer} gives addresses on the same network: most often the router.",
        $"Switch DHCP off on {boot.OtherServer}, or set mode = proxy in Bramble's configuration so that both work together.",
        boot.Times.Offered ?? boot.Started);

    private static Fault NoTftp(FaultContext c, Boot boot) => new(
        FaultCode.NoTftp, "The board has an address but asks for no file",
        $"{boot.Address} was bound at {Clock(boot.Times.Bound ?? boot.Started)}; no TFTP request came from it.",
        "It asks another server (its EEPROM names one with TFTP_IP, or the router sends option 66 of its own), or a firewall drops UDP 69.",
        $"Look at option 66 and 'next server' of other DHCP servers, at TFTP_IP in the board's EEPROM, and at the firewall of {c.Server}.",
        boot.Times.Bound ?? boot.Started);

    private static Fault? FileMissing(FaultContext c, Boot boot)
    {
        List<string> missing = RequiredFiles.Missing(boot, c.Kernels);
        return missing.Count == 0
            ? null
            : new Fault(
                FaultCode.FileMissing, "A file that the firmware needs is missing",
                $"Asked for and not there: {string.Join(", ", missing)}.",
                "The image was not made for this model, or the file was removed from the client's boot folder.",
                "Use an image that supports this model, or put the file back (in the running system: apt install --reinstall raspi-firmware).",
                boot.Times.Firmware ?? boot.Started);
    }

    private static Fault? FileRefused(Boot boot)
    {
        BootFile? file = boot.Files.LastOrDefault(f => f.Outcome == TftpTransferOutcome.Refused);
        return file is null
            ? null
            : new Fault(
                FaultCode.FileRefused, "A file may not be read",
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
        BootFile? file = boot.Files.LastOrDefault(static f =>
            f.Completed == 0 && f.BlockSize > 0 && f.Length > BlockCounter.MaxBlocks * f.BlockSize
            && f.Outcome is TftpTransferOutcome.Aborted or TftpTransferOutcome.TimedOut && BlockCounter.StoppedAtLimit(f.Bytes, f.BlockSize));
        return file is null
            ? null
            : FileTooLarge($"{file.Path} has {file.Length} bytes and stopped at {file.Bytes}: {BlockCounter.MaxBlocks} blocks of {file.BlockSize} bytes.", file.Last);
    }

    private static Fault FileTooLarge(string seen, DateTimeOffset since) => new(
        FaultCode.FileTooLarge, "A file is too large for this bootloader", seen,
        "The board's bootloader counts only to 65535 blocks. Pi 4 and 5 count on since 2025-09-23, and use larger blocks since 2022-10-03.",
        "Update the board's EEPROM, or make the file smaller (initramfs: MODULES=dep or better compression).",
        since);

    private static Fault? TransferBroken(Boot boot)
    {
        BootFile? file = boot.Files.LastOrDefault(static f => f.Completed == 0 && f.Outcome is TftpTransferOutcome.TimedOut or TftpTransferOutcome.Aborted);
        return file is null
            ? null
            : new Fault(
                FaultCode.TransferBroken, "A transfer broke off",
                $"{file.Path} stopped at {file.Bytes} of {file.Length} bytes{(file.Outcome == TftpTransferOutcome.TimedOut ? ": the board stopped answering" : ": the board gave up")}; {Count(file.Retransmits, "packet")} sent again.",
                "The board was switched off, or the network loses packets: cable, switch port, power supply. A Pi 4 or 5 gives a file 30 s.",
                "Try another cable and switch port; look at the error counters of the switch.",
                file.Last);
    }

    private static Fault FirmwareSilent(Boot boot)
    {
        BootFile? last = boot.Files.MaxBy(static f => f.Last);
        return new Fault(
            FaultCode.FirmwareSilent, "The firmware stopped asking for files",
            $"The last file was {last?.Path} at {Clock(boot.LastTransfer)}; {Count(boot.Transfers, "request")} were served and no kernel was taken.",
            "The board was switched off, or its firmware stopped: files of different firmware versions, or an operating system that does not support this model.",
            "Look at the board's screen or LED code; check that the image supports this model and that all firmware files are of one version.",
            boot.LastTransfer);
    }

    private static Fault NoRoot(FaultContext c, Boot boot) => new(
        FaultCode.NoRoot, "The kernel was loaded but its root was not reached",
        $"The kernel was sent at {Clock(boot.Times.Kernel ?? boot.Started)}; no {RootName(c)} connection came since{(c.RootText is null ? "" : $" (root: {c.RootText})")}.",
        "The kernel did not start (wrong kernel for the model), its initramfs has no network or no support for this root, or a firewall drops the connection.",
        c.Client?.RootKind == RootKind.Iscsi
            ? "Look at the board's screen. Check that open-iscsi is in the image's initramfs and TCP 3260 is open on this server."
            : "Look at the board's screen. Check that TCP 2049 and 111 are open on this server and the export is listed (exportfs -v).",
        boot.Times.Kernel ?? boot.Started);

    private static Fault NotUp(FaultContext c, Boot boot) => new(
        FaultCode.NotUp, "The root is connected but the system does not come up",
        $"Connected over {RootName(c)} at {Clock(boot.Times.Root ?? boot.Started)}; the system has not said that it is up.",
        "A service waits for something that is not there (often a mount in /etc/fstab), or the unit bramble-up was removed.",
        "Log in on the board and look at 'systemctl list-jobs' and 'journalctl -b'; check /etc/fstab.",
        boot.Times.Root ?? boot.Started);

    private static string RootName(FaultContext c) => c.Client?.RootKind == RootKind.Iscsi ? "iSCSI" : "NFS";

    private static string Clock(DateTimeOffset time) => time.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
