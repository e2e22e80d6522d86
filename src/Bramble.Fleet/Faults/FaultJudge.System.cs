using Bramble.Fleet.Timeline;
using Bramble.Storage.Contract;

namespace Bramble.Fleet.Faults;

/// <content>From the kernel to a system that is up.</content>
internal static partial class FaultJudge
{
    /// <summary>A system that comes up all the same has lost nothing.</summary>
    private static readonly TimeSpan s_lostAfter = TimeSpan.FromSeconds(30);

    private static Fault NoRoot(FaultContext c, Boot boot)
    {
        bool runs = boot.SystemAsked is not null;
        string root = c.RootText is null ? "" : $" (root: {c.RootText})";
        string sign = boot.SystemAsked is { } asked ? $" The kernel runs: it asked for its address at {Clock(asked)}." : " Nothing was heard of the kernel.";
        bool iscsi = c.Client?.RootKind == RootKind.Iscsi;
        return Fault.Of(
            FaultCode.NoRoot,
            $"The kernel was sent at {Clock(boot.Times.Kernel ?? boot.Started)}; no {RootName(c)} connection came since{root}.{sign}",
            runs
                ? $"A firewall drops the connection, the {(iscsi ? "target is not open to" : "export is not for")} this address, or the initramfs has no support for this root."
                : "The kernel did not start (wrong kernel for the model), or it has no driver for the network card.",
            (runs, iscsi) switch
            {
                (true, true) => "Check that TCP 3260 is open on this server, the target is listed (tgtadm --lld iscsi --mode target --op show), and open-iscsi is in the image's initramfs.",
                (true, false) => "Check that TCP 2049 and 111 are open on this server and the export is listed (exportfs -v).",
                _ => "Look at the board's screen. Check that the image supports this model and that its kernel, device trees and initramfs are of one version.",
            },
            boot.Times.Kernel ?? boot.Started);
    }

    private static Fault NotUp(FaultContext c, Boot boot) => Fault.Of(
        FaultCode.NotUp,
        $"Connected over {RootName(c)} at {Clock(boot.Times.Root ?? boot.Started)}; the system has not said that it is up.",
        "A service waits for something that is not there (often a mount in /etc/fstab), or the unit bramble-up was removed.",
        "Log in on the board and look at 'systemctl list-jobs' and 'journalctl -b'; check /etc/fstab.",
        boot.Times.Root ?? boot.Started);

    private static Fault? AddressLost(FaultContext c, Boot boot) => boot.AddressLost is not { } lost || c.Now - lost < s_lostAfter ? null : Fault.Of(
        FaultCode.AddressLost,
        $"Connected over {RootName(c)} at {Clock(boot.Times.Root ?? boot.Started)}; at {Clock(lost)} the system "
            + (boot.AddressAfter.IsAny ? "gave its address back" : $"went over to the address {boot.AddressAfter}") + ", and did not come up since.",
        "The system's network configuration takes the interface anew, and the root is lost with the old address.",
        "Let the system leave the interface alone (dhcpcd: nolink; NetworkManager: unmanaged; networkd: KeepConfiguration=yes), and give the board a fixed address.",
        lost);

    private static string RootName(FaultContext c) => c.Client?.RootKind == RootKind.Iscsi ? "iSCSI" : "NFS";
}
