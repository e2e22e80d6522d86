using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Clients;
using Bramble.Storage.Contract;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Timeline;

/// <summary>Turns what was seen of a board into its boots. Pure: the boots before and one event in, the boots after out.</summary>
internal static class BootReducer
{
    /// <summary>A DISCOVER after a longer silence is a new attempt. An EEPROM that is not answered asks again in cycles of 45 s.</summary>
    private static readonly TimeSpan s_discoverGap = TimeSpan.FromSeconds(90);

    /// <summary>A first file asked for this long after the kernel was sent is a restart whose DISCOVER was not seen.</summary>
    private static readonly TimeSpan s_restartGap = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_transferGap = TimeSpan.FromMinutes(10);

    /// <summary>Two clocks tell when a transfer began.</summary>
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(2);

    /// <summary>Files that size up to a payload: anything smaller may be firmware.</summary>
    private const long PayloadBytes = 6 << 20;

    /// <summary>No boots yet.</summary>
    public static BoardBoots Empty(BoardRef board) => new() { Board = board };

    /// <summary>Takes one DHCP step in.</summary>
    public static BoardBoots Apply(BoardBoots boots, in DhcpEvent e, PiFamily family, int kept)
    {
        Boot? boot = boots.Current;
        bool firmware = e.Stage == ClientStage.Firmware
            || (boot is { Stage: <= BootStage.Bound } && e.Kind != DhcpEventKind.Discover && e.Xid == boot.Xid);
        if (!firmware)
        {
            return boot is null ? boots : boots.WithCurrent(OfPayload(boot, e));
        }

        if (e.Kind == DhcpEventKind.BootOffer)
        {
            return boot is { Stage: <= BootStage.Bound }
                ? boots.WithCurrent(boot with { OtherBootServer = e.BootServer.IsAny ? e.Server : e.BootServer, OtherBootFile = e.BootFile })
                : boots;
        }

        if (e.Kind == DhcpEventKind.Discover && (boot is null || IsNewAttempt(boot, e.Time)))
        {
            boot = Begin(boots, e.Time, family) with { Times = new StageTimes { Discover = e.Time } };
            boots = boots.WithNew(boot, kept);
        }

        if (boot is null)
        {
            return boots;
        }

        Boot next = boot with { LastEvent = Later(boot.LastEvent, e.Time), Family = family };
        switch (e.Kind)
        {
            case DhcpEventKind.Discover:
                next = next with { Discovers = next.Discovers + 1, Xid = e.Xid, Relay = e.Relay };
                break;
            case DhcpEventKind.Offer:
                next = Advance(next with { Offers = next.Offers + 1, Address = e.Address }, BootStage.Offered, e.Time);
                break;
            case DhcpEventKind.ProxyOffer:
                next = Advance(next with { Offers = next.Offers + 1, Proxy = true }, BootStage.Offered, e.Time);
                break;
            case DhcpEventKind.Request:
                next = next with { Requests = next.Requests + 1 };
                next = next.Proxy ? BindElsewhere(next, e) : next;
                break;
            case DhcpEventKind.Ack:
                next = Advance(next with { Address = e.Address }, BootStage.Bound, e.Time);
                break;
            case DhcpEventKind.OtherServer:
                next = next with { OtherServer = e.Server };
                next = next.Proxy ? BindElsewhere(next, e) : next;
                break;
            default:
                break;
        }

        return boots.WithCurrent(next);
    }

    /// <summary>Takes one step of a transfer in.</summary>
    public static BoardBoots Apply(BoardBoots boots, in TransferSeen seen, PiFamily family, int kept)
    {
        TftpTransferEvent e = seen.Event;
        Boot? boot = boots.Current;
        if (boot is not null && e.Time - e.Duration < boot.Started - s_slack)
        {
            // The end of a transfer of the boot before: its last acknowledgment was lost, and the board began anew meanwhile.
            return boots;
        }

        if (boot is null || IsUnseenRestart(boot, seen))
        {
            boot = Begin(boots, e.Time, family) with { Address = e.Client };
            boots = boots.WithNew(boot, kept);
        }

        Boot next = boot with
        {
            LastEvent = Later(boot.LastEvent, e.Time),
            LastTransfer = Later(boot.LastTransfer, e.Time),
            Files = CountFile(boot.Files, seen),
            Retransmits = boot.Retransmits + e.Retransmits,
        };
        if (next.Stage < BootStage.Firmware)
        {
            // A Pi 3 confirms no offer: it is bound when it first uses the address.
            next = Advance(next with { Address = e.Client }, BootStage.Bound, e.Time);
            next = Advance(next, BootStage.Firmware, e.Time);
        }

        switch (e.Outcome)
        {
            case TftpTransferOutcome.Started:
                next = next with { Transfers = next.Transfers + 1, Current = seen.Path };
                break;
            case TftpTransferOutcome.NotFound:
                next = next with { NotFound = next.NotFound + 1 };
                break;
            case TftpTransferOutcome.Probed:
                next = End(next, seen) with { Probes = next.Probes + 1 };
                break;
            case TftpTransferOutcome.Completed or TftpTransferOutcome.Unconfirmed:
                next = End(next, seen) with { TransferSeconds = next.TransferSeconds + e.Duration.TotalSeconds };
                next = seen.IsKernel ? Advance(next, BootStage.Kernel, e.Time) : next;
                break;
            default:
                next = End(next, seen);
                break;
        }

        return LearnCounter(boots, e).WithCurrent(next);
    }

    /// <summary>A connection to the root was seen, which was not there before the kernel.</summary>
    public static BoardBoots RootSeen(BoardBoots boots, DateTimeOffset time, RootKind kind)
    {
        return boots.Current is { Stage: >= BootStage.Firmware and < BootStage.Root } boot
            ? boots.WithCurrent(Advance(boot with { Root = kind, LastEvent = Later(boot.LastEvent, time) }, BootStage.Root, time))
            : boots;
    }

    /// <summary>The system said that it is up.</summary>
    public static BoardBoots UpSeen(BoardBoots boots, DateTimeOffset time, string bootId, PiFamily family, int kept)
    {
        if (boots.Boots.Any(b => b.BootId == bootId))
        {
            return boots;
        }

        Boot? boot = boots.Current;
        if (boot is null or { Stage: BootStage.Up })
        {
            // Nothing was seen of this boot but its end: the board has the address that it had before.
            boot = Begin(boots, time, family) with { Address = boot?.Address ?? default };
            boots = boots.WithNew(boot, kept);
        }

        return boots.WithCurrent(Advance(boot with { BootId = bootId, Current = null, LastEvent = Later(boot.LastEvent, time) }, BootStage.Up, time));
    }

    /// <summary>The system was heard to go on telling that it is up.</summary>
    public static BoardBoots KeepsTelling(BoardBoots boots, string bootId) =>
        boots.Current is { KeepsTelling: false } boot && boot.BootId == bootId ? boots.WithCurrent(boot with { KeepsTelling = true }) : boots;

    private static BoardBoots LearnCounter(BoardBoots boots, in TftpTransferEvent e)
    {
        if (e.BlockSize <= 0 || e.Length <= BlockCounter.MaxBlocks * e.BlockSize)
        {
            return boots;
        }

        // A swapped or older EEPROM may have unlearned it.
        bool stopped = e.Outcome is TftpTransferOutcome.Aborted or TftpTransferOutcome.TimedOut && BlockCounter.StoppedAtLimit(e.BytesSent, e.BlockSize);
        bool countsOn = e.Outcome == TftpTransferOutcome.Completed || (boots.CountsOn && !stopped);
        return countsOn == boots.CountsOn ? boots : boots with { CountsOn = countsOn };
    }

    private static Boot Begin(BoardBoots boots, DateTimeOffset time, PiFamily family) =>
        new() { Number = boots.LastNumber + 1, Started = time, LastEvent = time, Family = family };

    private static bool IsNewAttempt(Boot boot, DateTimeOffset time)
    {
        if (time - boot.LastEvent > s_discoverGap)
        {
            return true;
        }

        // Up to here a DISCOVER is the firmware asking again.
        if (boot.Stage <= BootStage.Bound)
        {
            return false;
        }

        // A Pi 3 does DHCP twice: its boot ROM fetches bootcode.bin, and that asks anew.
        return !(boot.Stage == BootStage.Firmware && boot.Family == PiFamily.Pi3 && OnlyBootRomFiles(boot));
    }

    private static bool OnlyBootRomFiles(Boot boot)
    {
        foreach (BootFile file in boot.Files)
        {
            if (file.Path is not ("bootcode.bin" or "bootsig.bin"))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsUnseenRestart(Boot boot, in TransferSeen seen)
    {
        TimeSpan silence = seen.Event.Time - boot.LastEvent;
        if (boot.Stage >= BootStage.Kernel)
        {
            return seen.Path is "bootcode.bin" or "start.elf" or "start4.elf" or "config.txt" && seen.Event.Time - boot.LastTransfer > s_restartGap;
        }

        return silence > s_transferGap;
    }

    /// <summary>DHCP of what the firmware started: of the initramfs, of the system, or of UEFI.</summary>
    private static Boot OfPayload(Boot boot, in DhcpEvent e)
    {
        if (e.Kind is not (DhcpEventKind.Discover or DhcpEventKind.Request or DhcpEventKind.Ack or DhcpEventKind.Release))
        {
            return boot;
        }

        if (boot.Stage == BootStage.Firmware && boot.Files.Any(f => f.Completed > 0 && f.Length >= PayloadBytes))
        {
            boot = Advance(boot, BootStage.Kernel, e.Time);
        }

        if (boot.Stage is BootStage.Kernel or BootStage.Root)
        {
            boot = boot with { LastEvent = Later(boot.LastEvent, e.Time), SystemAsked = boot.SystemAsked ?? e.Time };
        }

        bool takesAddress = e.Kind == DhcpEventKind.Ack || (e.Kind == DhcpEventKind.Request && boot.Proxy);
        bool another = takesAddress && !e.Address.IsAny && e.Address != boot.Address;
        if (boot.Stage == BootStage.Root && (another || e.Kind == DhcpEventKind.Release))
        {
            boot = boot with { AddressLost = boot.AddressLost ?? e.Time, AddressAfter = another ? e.Address : boot.AddressAfter };
        }

        return takesAddress && boot.Stage >= BootStage.Kernel && !e.Address.IsAny ? boot with { Address = e.Address } : boot;
    }

    private static Boot BindElsewhere(Boot boot, in DhcpEvent e) =>
        e.Address.IsAny ? boot : Advance(boot with { Address = e.Address }, BootStage.Bound, e.Time);

    private static Boot Advance(Boot boot, BootStage stage, DateTimeOffset time)
    {
        bool fresh = stage > boot.Stage || (stage == boot.Stage && boot.Times.At(stage) is null);
        return fresh ? boot with { Stage = stage, Times = boot.Times.With(stage, Later(boot.StageTime, time)) } : boot;
    }

    private static Boot End(Boot boot, in TransferSeen seen) => boot with
    {
        Bytes = boot.Bytes + seen.Event.BytesSent,
        Current = boot.Current == seen.Path ? null : boot.Current,
    };

    private static IReadOnlyList<BootFile> CountFile(IReadOnlyList<BootFile> files, in TransferSeen seen)
    {
        int index = -1;
        for (int i = 0; i < files.Count; i++)
        {
            if (files[i].Path == seen.Path)
            {
                index = i;
                break;
            }
        }

        if (index < 0 && files.Count >= Boot.MaxFiles)
        {
            return files;
        }

        BootFile old = index < 0 ? new BootFile { Path = seen.Path } : files[index];
        BootFile file = Count(old, seen.Event);
        var all = new List<BootFile>(files);
        if (index < 0)
        {
            all.Add(file);
        }
        else
        {
            all[index] = file;
        }

        return all;
    }

    private static BootFile Count(BootFile file, in TftpTransferEvent e)
    {
        double active = e.Outcome == TftpTransferOutcome.Aborted ? e.Duration.TotalSeconds : e.Heard.TotalSeconds;
        file = file with { Outcome = e.Outcome, Last = e.Time, Retransmits = file.Retransmits + e.Retransmits, Active = active };
        return e.Outcome switch
        {
            TftpTransferOutcome.Started => file with { Asked = file.Asked + 1, Length = e.Length, BlockSize = e.BlockSize },
            TftpTransferOutcome.NotFound or TftpTransferOutcome.Refused => file with { Asked = file.Asked + 1 },
            TftpTransferOutcome.Probed => file with { Probes = file.Probes + 1, Length = e.Length },
            TftpTransferOutcome.Completed or TftpTransferOutcome.Unconfirmed => file with
            {
                Completed = file.Completed + 1,
                Length = e.Length,
                Bytes = e.BytesSent,
                BlockSize = e.BlockSize,
                Seconds = e.Duration.TotalSeconds,
            },
            _ => file with { Length = e.Length, Bytes = e.BytesSent, BlockSize = e.BlockSize },
        };
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
