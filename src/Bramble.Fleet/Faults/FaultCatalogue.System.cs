namespace Bramble.Fleet.Faults;

/// <content>From the kernel on, and this server.</content>
public static partial class FaultCatalogue
{
    private static FaultEntry[] Systems =>
    [
        new(
            FaultCode.NoRoot, "The kernel was loaded but its root was not reached",
            "The kernel was sent whole, and no new NFS or iSCSI connection came from the board for 120 s. The message says whether the system has asked for its address since: then the kernel runs.",
            [
                "The kernel did not start: it is not for this model, or its files are of different builds.",
                "Its initramfs lacks the driver of the network card, or support for this kind of root.",
                "A firewall drops the connection (NFS: TCP 2049, 111 and mountd's port; iSCSI: TCP 3260).",
                "The export or target is not there, or not for this address.",
            ],
            ["Look at the screen.", "Open the ports on this server: `nft list ruleset`.", "`exportfs -v`, `tgtadm --lld iscsi --mode target --op show`"],
            "A connection to the root is seen, or the system says that it is up."),
        new(
            FaultCode.NotUp, "The root is connected but the system does not come up",
            "A connection to the root, and no up-beacon for 300 s.",
            ["A unit waits, often for a mount in `/etc/fstab` of a card that is not there.", "The unit that sends the beacon is gone, or UDP port 6767 is closed."],
            ["`systemctl list-jobs` and `journalctl -b` on the board.", "Look at `/etc/fstab`."],
            "The system says that it is up."),
        new(
            FaultCode.AddressLost, "The system gave up the address that its root hangs on",
            "While the system came up from its root it released its address (DHCPRELEASE), or got another one, and did not say that it is up for 30 s.",
            ["The system's own network configuration takes the interface anew (dhcpcd, NetworkManager, systemd-networkd), and the root is lost with the old address.", "In proxy mode: the router gave the system another address than the bootloader."],
            ["Let the system leave the interface alone: NetworkManager `unmanaged`, dhcpcd `nolink` or `denyinterfaces`, systemd-networkd `KeepConfiguration=yes`.", "Give the board a fixed address: in Bramble, or in proxy mode in the router."],
            "It says that it is up, or a later boot does not do it."),
        new(
            FaultCode.NoImage, "There is no image",
            "A board asks to boot and no image was ever added.",
            ["The server is new."],
            ["`bramble image add FILE`"],
            "An image is added."),
        new(
            FaultCode.ImageMissing, "The client's image is not there",
            "The client's image is not in the list of images.",
            ["It was removed.", "Its name is misspelled."],
            ["Add it under that name.", "Or give the client another image."],
            "The image is there."),
        new(
            FaultCode.RootFailed, "The client's root could not be made",
            "Storage refused or failed; its words are shown.",
            ["Most often the disk is full."],
            ["What the message says. It is tried again by itself, at most once a minute."],
            "The root is made."),
        new(
            FaultCode.PublishFailed, "The client's root could not be opened to its address",
            "Storage could not export the root or set up its target; its words are shown.",
            ["`nfs-server` or `tgt` does not run.", "It refused the configuration."],
            ["What the message says; `systemctl status nfs-server tgt`. It is tried again by itself."],
            "The root is open."),
    ];

    private static FaultEntry[] Server =>
    [
        new(
            FaultCode.ServerClock, "This server's clock is wrong",
            "The time is before things that this server has written down itself: a board that it saw, an image that it imported.",
            ["The machine has no battery clock, and no time server was reached since it was started."],
            ["`timedatectl`: is the time synchronized? Let this machine reach a time server.", "Or set the time: `timedatectl set-time`."],
            "The clock is later than what was written."),
        new(
            FaultCode.NoLink, "A served network interface has no link",
            "An interface that boards are served on was without a link for 10 s.",
            ["The cable is not plugged in.", "The switch is off.", "The interface is switched off."],
            ["Look at the cable and at the lights of the socket.", "`ip link show`"],
            "There is a link."),
        new(
            FaultCode.DataPartition, "The box runs without its data partition",
            "The flashable image found no data partition at its start, or one that cannot be mounted. Memory has taken its place: nothing that is learned then outlives that start.",
            ["The card or disk is worn out.", "It was pulled out while it was written.", "It is too small."],
            ["Switch the box off and on once.", "If the fault stays, put an empty file `factory-reset` on the boot partition and start again: clients, images and leases are made anew. Better on a new card."],
            "A start finds the partition."),
        new(
            FaultCode.BootPartitionFiles, "Files on the boot partition have mistakes",
            "`bramble.conf` or `authorized_keys` on the boot partition of the flashable image has lines that mean nothing. The file `bramble-errors.txt` beside them names each line and what to write.",
            ["A typing error."],
            ["Do what `bramble-errors.txt` says; then start the box again. Until then it goes on with what it had before."],
            "A start finds no mistake."),
        new(
            FaultCode.UpgradeFailed, "The new version did not work",
            "`bramble upgrade` wrote a new version, it was started once, and it was not kept. The version before runs again, with all clients and settings.",
            ["The new version does not start, or its boot server does not run.", "The power was cut while it was tried."],
            ["Try it once more: `bramble upgrade FILE`.", "If it fails again, stay with this version."],
            "Another upgrade is written."),
        new(
            FaultCode.DataDiskFull, "The data disk is nearly full",
            "Less is free on the disk of the data folder than is kept for the roots that are in use (`keep-free` in `[storage]`). Clients that run and boot go on. New roots, images and snapshots are refused with the numbers.",
            ["Snapshots hold what clients have changed since.", "Images and roots that nobody needs.", "Disks of clients that have grown: they are thin, and together they may offer more than there is."],
            ["`bramble doctor disk` shows what is free, and how much the thin disks may still take.", "Remove snapshots (`bramble snapshot list`, `bramble snapshot remove`), images and clients.", "Or move the data folder to a larger disk."],
            "A quarter more is free than must be."),
    ];
}
