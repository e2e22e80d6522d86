namespace Bramble.Storage.Contract;

/// <summary>The steps in which an import and a clone change an operating system so that it boots from here. Each can be switched off.</summary>
public static class EditCatalogue
{
    /// <summary>Every step, in the order in which they are taken.</summary>
    public static IReadOnlyList<EditKind> All { get; } =
    [
        new("fstab", "Mounts of the card's partitions and of swap are switched off; the client's boot folder is mounted from this server."),
        new("cmdline", "Words of cmdline.txt that speak of the card go: first-boot programs, file system check, type of the root."),
        new("first-boot-resize", "The units that grow the card's root partition at the first start are masked, and cloud-init is told not to."),
        new("cloud-init", "cloud-init leaves host name, network and SSH host keys alone."),
        new("swap", "No swap file: on a root that lies on this server it can hang the machine."),
        new("zram", "Compressed memory is used for swap, unless the image does so already."),
        new("machine-id", "The machine id is emptied: each client makes its own."),
        new("ssh-host-keys", "The image's SSH host keys go: each client makes its own. A client with an overlay keeps those that this server made for it."),
        new("boot-interface", "NetworkManager, systemd-networkd, dhcpcd and ifupdown leave the Ethernet port, on which the root hangs, as the boot set it up."),
        new("resolver", "The name servers of the network boot are taken over, where nobody else sets any."),
        new("readahead", "Files are read 1 MiB ahead of the program that reads them: the kernel's 128 KiB keep an NFS root waiting."),
        new("transfer-size", "NFS reads and writes in pieces of 128 KiB: the kernel's own 4 KiB for a root are slow."),
        new("up-beacon", "A unit tells this server that the client is up. Without it a client is never shown as up."),
        new("hostname", "The client's name becomes its host name."),
        new("time", "The clock is set from this server, or from the time servers of [dhcp] ntp, where there are any."),
        new("iscsi-initiator", "The initiator name that this server expects is written into the root."),
    ];

    /// <summary>Refuses names that are none of a step.</summary>
    /// <exception cref="StorageException">One is none; the message lists those there are.</exception>
    public static void Require(IEnumerable<string> names)
    {
        if (names.FirstOrDefault(static name => !IsKnown(name)) is { } unknown)
            throw new StorageException($"There is no edit \"{StorageNames.Shown(unknown)}\". Those there are: {Names}.");
    }

    /// <summary>Whether a step has this name.</summary>
    public static bool IsKnown(string name) => All.Any(kind => kind.Name == name);

    /// <summary>All names, for people.</summary>
    public static string Names => string.Join(", ", All.Select(static kind => kind.Name));
}
