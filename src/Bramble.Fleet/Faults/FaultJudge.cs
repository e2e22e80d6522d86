using Bramble.Fleet.Enrolment;
using Bramble.Fleet.Timeline;
using Bramble.Storage.Contract;
using System.Globalization;

namespace Bramble.Fleet.Faults;

/// <summary>Finds the reason why a board does not boot. Pure; a fault is over as soon as this finds it no more.</summary>
internal static partial class FaultJudge
{
    /// <summary>A board that was not heard of for so long is switched off.</summary>
    private static readonly TimeSpan s_awayAfter = TimeSpan.FromMinutes(15);

    /// <summary>The fault of a board or client; null for none.</summary>
    public static Fault? Judge(FaultContext c)
    {
        Boot? boot = c.Boots?.Current;
        bool up = boot is { Stage: BootStage.Up };
        if (c.Claims.Count > 0)
        {
            return BoardChanged(c, c.Claims);
        }

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

        if (OwnSystem(c) is { } own)
        {
            return own;
        }

        if (boot is null || (!up && c.Now - boot.LastEvent > c.Options.Bounds.Silent))
        {
            return null;
        }

        Fault? ofBoot = up ? null : OfFiles(c) ?? OfBoot(c, boot) ?? OfEnded(c, boot);

        // Two machines at one address explain whatever else goes wrong.
        return AddressTwice(c, boot) ?? ofBoot ?? EepromLoop(c) ?? SameIdentity(c);
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

        if (boot.Stage == BootStage.Root && AddressLost(c, boot) is { } lost)
        {
            return lost;
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

        return FileMissing(c, previous) ?? FileRefused(previous) ?? OfBrokenTransfer(previous);
    }

    private static Fault? OfStuck(FaultContext c, Boot boot) => boot.Stage switch
    {
        BootStage.Discover => c.Preparing || c.Client is null ? null : NoOffer(boot),
        BootStage.Offered => !boot.OtherServer.IsAny && !boot.Proxy ? OtherServer(c, boot) : RelayedPi3(boot) ?? Elsewhere(c, boot) ?? NoRequest(c, boot),
        BootStage.Bound => Elsewhere(c, boot) ?? NoTftp(c, boot),
        BootStage.Firmware => RelayedPi3(boot) ?? FileMissing(c, boot) ?? FileRefused(boot) ?? OfBrokenTransfer(boot) ?? EepromLoop(c) ?? FirmwareSilent(boot),
        BootStage.Kernel => NoRoot(c, boot),
        BootStage.Root => NotUp(c, boot),
        _ => null,
    };

    private static Fault? OfBrokenTransfer(Boot boot) => FileTooLarge(boot) ?? LargePacketsLost(boot) ?? FileTooSlow(boot) ?? TransferBroken(boot);

    private static string Clock(DateTimeOffset time) => time.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
