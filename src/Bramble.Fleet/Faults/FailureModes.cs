using static Bramble.Fleet.Faults.FailureVerdict;

namespace Bramble.Fleet.Faults;

/// <summary>All known failure modes, one by one, by row.</summary>
public static class FailureModes
{
    /// <summary>The rows of docs/reference/pi-network-boot.md, in their order.</summary>
    public static IReadOnlyList<FailureMode> All { get; } =
    [
        new(1, "Pi 3 dark, only the network LEDs lit", Told, [FaultCode.SpanningTree], "BPDUs with a forward delay over 5 s"),
        new(2, "Pi 4 needs 1 min 45 s", Told, [FaultCode.SpanningTree], "the same; its lost first round of tries cannot be heard"),
        new(3, "Pi 3 seen, never asks by TFTP", Prevented, [FaultCode.NoRequest], "the boot menu ends in three spaces; if it still asks for nothing, that is told"),
        new(4, "any Pi loops DISCOVER", Prevented, [FaultCode.NoRequest], "options 43 and 66 are always sent; DISCOVERs without a REQUEST are told"),
        new(5, "Pi 3 ignores good OFFERs at random", Prevented, [FaultCode.NoRequest], "OFFERs are broadcast; five DISCOVERs without a file request are told"),
        new(6, "Pi 3 hangs after an instant proxy reply", Prevented, [FaultCode.NoRequest], "the proxy reply waits 2 s; silence after it is told"),
        new(7, "works on one VLAN only", Told, [FaultCode.RelayedPi3, FaultCode.NoRequest], "giaddr of a Pi 3's DISCOVER; an old Pi 4 behind a relay agent shows as DISCOVERs without a REQUEST"),
        new(8, "bootcode.bin loads, the rest does not", Told, [FaultCode.RelayedPi3], "giaddr, and silence after bootcode.bin; its ARP is on another network"),
        new(9, "stalls in the middle of a file on a 3B", Prevented, [FaultCode.TransferBroken], "the board's neighbour entry is kept while it loads; a stall is told"),
        new(10, "two Pis get one IP address", Prevented, [FaultCode.AddressTwice], "an address that a Pi 3 was offered is held for it; two claims in ARP are told"),
        new(11, "wrong files, or an x86 loader is offered", Told, [FaultCode.OtherBootServer], "a boot file name or boot server in another server's OFFER, where that is broadcast; and no TFTP"),
        new(12, "two DHCP servers, boot is a lottery", Told, [FaultCode.OtherServer, FaultCode.SecondServer], "a REQUEST that names another server; OFFERs of another server"),
        new(13, "the router's own PXE or 66 option wins", Told, [FaultCode.OtherBootServer], "ARP of the bound board for another address, or the other server's OFFER"),
        new(14, "TFTP asked at a wrong address", Told, [FaultCode.NobodyAnswers], "ARP of the bound board that is repeated for an address which is not this server's"),
        new(15, "early Pi 4 ignores DHCP replies", Prevented, [FaultCode.NoRequest], "replies are not padded with option 0"),
        new(16, "config.txt seems to be ignored", Prevented, [FaultCode.ConfigTooLarge], "options are always acknowledged (OACK); a config.txt over 4096 bytes is told"),
        new(17, "Pi 3 rainbow screen, all files sent", Prevented, [], "tsize is always answered"),
        new(18, "128 MB of RAM, or no kernel", Told, [FaultCode.FileMissing, FaultCode.FirmwareSilent], "a missing fixup file is told; of mixed versions only the silence after them can be seen. A second OACK is never sent within a second"),
        new(19, "large initrd cut off, panic", Told, [FaultCode.FileTooLarge], "size and block size, before the board hangs"),
        new(20, "Pi 5 black screen after a slow file", Told, [FaultCode.FileTooSlow], "a transfer given up after 28 s or more"),
        new(21, "loop of files that are not found", Told, [FaultCode.FileMissing], "the names asked for"),
        new(22, "half a boot", Told, [FaultCode.FileMissing], "the names asked for"),
        new(23, "permission denied, or files of 0 bytes", Told, [FaultCode.FileRefused, FaultCode.FileMissing], "the refused request; an empty file counts as missing"),
        new(24, "Pi 5 asks for files that are not found", Prevented, [FaultCode.FileMissing], "`//` is folded"),
        new(25, "Pi 5: \"installed OS does not indicate support\"", Told, [FaultCode.FileMissing], "the device tree that is asked for and not there"),
        new(26, "CM5 signed boot never starts", Told, [FaultCode.SignedBootStops], "boot.img looked at and not loaded, config.txt not found"),
        new(27, "reboot fails, power off and on works", NotSeen, [], "the board sends nothing: from here it looks switched off"),
        new(28, "panic unknown-block(2,0)", Prevented, [FaultCode.NoRoot], "the command line always names the NFS version; a kernel without a root is told"),
        new(29, "nfsmount error for ever", Prevented, [FaultCode.NoRoot], "the command line has what the mounter understands; the system's DHCP and no connection is told"),
        new(30, "hangs after \"nfs: server not responding\"", Told, [FaultCode.NoRoot], "no connection to the root port; NFS goes over TCP"),
        new(31, "access denied by server", Told, [FaultCode.NoRoot, FaultCode.PublishFailed], "no connection to the root port; an export that could not be made"),
        new(32, "root is read-only, apt fails", Prevented, [], "exports are made `rw,no_root_squash`; what the system writes is not looked at"),
        new(33, "boots, then stops at jobs of 1 min 30 s", Prevented, [FaultCode.NotUp], "the import takes the card's lines out of fstab; a system that does not come up is told"),
        new(34, "freezes seconds after the login", Told, [FaultCode.AddressLost], "DHCPRELEASE or another address while the system comes up; one that froze later sends nothing"),
        new(35, "dies after the lease time", Prevented, [], "all programs of a board are one client by its MAC address, and a lease is renewed to the same address"),
        new(36, "SSH host key changed, ids in logs equal", Told, [FaultCode.SameIdentity], "one DUID from two boards; host keys are made for each client by the import and never sent in the clear"),
        new(37, "swap errors or deadlock", NotSeen, [], "swapping over NFS is ordinary reading and writing on the wire; the import switches it off"),
        new(38, "Docker slow or failing", NotSeen, [], "the file system that Docker chose is not on the wire; use an iSCSI root"),
        new(39, "file capabilities lost", NotSeen, [], "an error of a program inside the client; use an iSCSI root"),
        new(40, "kernel update not booted, modules missing", Prevented, [], "the client's `/boot/firmware` is the folder that is served"),
        new(41, "EEPROM updates itself in a loop", Told, [FaultCode.EepromLoop], "pieeprom.upd sent in three boots one after another"),
        new(42, "TLS errors, logs in 1970", NotSeen, [FaultCode.ServerClock], "a board's clock is not on the wire; `[dhcp] ntp` tells boards a time server, and this server's own clock is told"),
        new(43, "boots its card instead", Told, [FaultCode.OwnSystem], "DHCP of an operating system without the bootloader's before"),
        new(44, "many Pi 3s at once: some hang", Prevented, [FaultCode.NoRequest], "addresses are probed before boards ask for them, and 60 boards at once are a test"),
        new(45, "HTTP boot fails", NotSeen, [], "this server does not serve HTTP boot; what a board asks another server for is not heard"),
        new(46, "IPv6 only does not work", NotSeen, [], "this server speaks IPv4 only"),
        new(47, "no link or a slow link at boot", NotSeen, [FaultCode.NoLink], "the board's end of the cable is not seen; this server's own is"),
    ];
}
