using Bramble.Linux.Files;
using Bramble.Storage.Contract;

namespace Bramble.Storage.Editing;

/// <summary>What an import changes so that the image boots from the network, each change a named step.</summary>
internal sealed class ImageEditor
{
    private static readonly string[] s_resizeUnits = ["rpi-resize.service", "resize2fs_once.service", "rpi-resizerootfs.service", "growroot.service"];
    // Units that make host keys whenever there are none. Debian's sshd-keygen.service is none of them: it works at a first boot only
    // (ConditionFirstBoot), and an emptied machine-id is not one.
    private static readonly string[] s_hostKeyUnits = ["regenerate_ssh_host_keys.service"];

    private readonly TreeEditor _root;
    private readonly TreeEditor _boot;
    private readonly List<EditStep> _steps = [];

    private ImageEditor(ForeignTree root, ForeignTree boot)
    {
        _root = new TreeEditor(root, "", _steps);
        _boot = new TreeEditor(boot, "boot/", _steps);
    }

    /// <summary>Edits both trees of an image.</summary>
    /// <returns>The steps, and where the boot tree is mounted in the running system.</returns>
    /// <exception cref="StorageException">The trees cannot be edited, as when a folder is a link that leads nowhere.</exception>
    internal static (IReadOnlyList<EditStep> Steps, string BootMountPoint, string Distribution) Apply(string rootFolder, string bootFolder, string shownName)
    {
        using ForeignTree root = ForeignTree.Open(rootFolder);
        using ForeignTree boot = ForeignTree.Open(bootFolder);
        ImageEditor editor = new(root, boot);
        if (!root.Exists("etc"))
            throw new StorageException($"{shownName}: the ext4 partition holds no operating system: it has no usable /etc folder.");
        string mountPoint = editor.FindBootMountPoint();
        string distribution = OsRelease.PrettyName(editor._root.Read("etc/os-release") ?? editor._root.Read("usr/lib/os-release"));
        try
        {
            editor.Run();
        }
        catch (SystemCallException e) when (!DiskSpace.IsFull(e))
        {
            throw new StorageException($"{shownName} cannot be edited for network boot: {e.Message}.", e);
        }

        return (editor._steps, mountPoint, distribution);
    }

    private void Run()
    {
        _root.Change("fstab", "etc/fstab", FstabText.WithoutLocalDisks);
        _boot.Change("cmdline", "cmdline.txt", CmdlineText.ForNetworkBoot);
        FirstBootResize();
        Swap();
        MachineIdentity.Reset(_root);
        HostKeys();
        BootInterface();
        Resolver();
        _root.Write("up-beacon", UpBeacon.ScriptPath, UpBeacon.Script, (UnixFileMode)0b111_101_101);
        _root.AddUnit("up-beacon", UpBeacon.UnitName, UpBeacon.Unit, "multi-user.target");
    }

    private string FindBootMountPoint()
    {
        if (FstabText.BootMountPoint(_root.Read("etc/fstab") ?? "") is { } told)
            return told;
        return _root.Tree.Exists("boot/firmware") ? "/boot/firmware" : "/boot";
    }

    private void FirstBootResize()
    {
        const string Step = "first-boot-resize";
        foreach (string unit in s_resizeUnits)
            _root.MaskUnit(Step, unit);
        foreach (string level in new[] { "rc0.d", "rc1.d", "rc2.d", "rc3.d", "rc4.d", "rc5.d", "rc6.d", "rcS.d" })
        {
            foreach (string name in _root.Tree.List($"etc/{level}").Where(name => name.EndsWith("resize2fs_once", StringComparison.Ordinal)))
                _root.Delete(Step, $"etc/{level}/{name}");
        }

        _root.Delete(Step, "etc/init.d/resize2fs_once");
        if (_root.Tree.Exists("etc/cloud/cloud.cfg"))
            _root.Write(Step, "etc/cloud/cloud.cfg.d/99-bramble.cfg", "# Written by Bramble: root filesystem and host name come from the boot server.\ngrowpart: {mode: 'off'}\nresize_rootfs: false\npreserve_hostname: true\nmanage_etc_hosts: false\n");
    }

    /// <summary>A swap file on NFS can hang the machine. Compressed memory (systemd-zram, rpi-swap's zram) is left alone.</summary>
    private void Swap()
    {
        _root.MaskUnit("swap", "dphys-swapfile.service");
        _root.Delete("swap", "var/swap");
        if (_root.Tree.Exists("etc/rpi/swap.conf"))
            _root.Write("swap", "etc/rpi/swap.conf.d/90-bramble.conf", "# Written by Bramble: no swap file on a root that lies on the boot server.\n[Main]\nMechanism=zram\n");
    }

    private void HostKeys()
    {
        MachineIdentity.RemoveHostKeys(_root);
        bool makesItsOwn = Array.Exists(s_hostKeyUnits, _root.IsEnabled);
        if (_root.Tree.Exists("usr/sbin/sshd") && !makesItsOwn)
            _root.AddUnit("ssh-host-keys", "bramble-ssh-host-keys.service", HostKeyUnit, "multi-user.target");
    }

    /// <summary>The root filesystem hangs on this interface: nobody may take it down, release its address or configure it anew.</summary>
    private void BootInterface()
    {
        const string Step = "boot-interface";
        if (_root.Tree.Exists("etc/NetworkManager"))
            _root.Write(Step, "etc/NetworkManager/conf.d/90-bramble.conf", NetworkManagerConfig);
        if (_root.Tree.Exists("usr/lib/systemd/systemd-networkd") || _root.Tree.Exists("lib/systemd/systemd-networkd"))
            _root.Write(Step, "etc/systemd/network/05-bramble-boot.network", NetworkdConfig);
        _root.Change(Step, "etc/dhcpcd.conf", text => text.Contains("# Bramble:", StringComparison.Ordinal) ? text : text.TrimEnd('\n') + DhcpcdConfig);
        _root.Change(Step, "etc/network/interfaces", InterfacesText.WithManualBootInterface);
        foreach (string name in _root.Tree.List("etc/network/interfaces.d"))
            _root.Change(Step, $"etc/network/interfaces.d/{name}", InterfacesText.WithManualBootInterface);
    }

    /// <summary>Whoever is told to leave the interface alone also no longer says where the name servers are; the kernel and the initramfs know.</summary>
    private void Resolver()
    {
        _root.Write("resolver", "usr/lib/bramble/resolver", ResolverScript, (UnixFileMode)0b111_101_101);
        _root.AddUnit("resolver", "bramble-resolver.service", ResolverUnit, "multi-user.target");
    }

    private const string HostKeyUnit = """
        # Written by Bramble: the image's own keys were removed, each client makes its own.
        [Unit]
        Description=Make the SSH host keys of this machine
        Before=ssh.service ssh.socket sshd.service
        ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key

        [Service]
        Type=oneshot
        ExecStart=/usr/bin/ssh-keygen -A

        [Install]
        WantedBy=multi-user.target

        """;

    // The drivers of the Ethernet ports of every Pi (3B: smsc95xx, 3B+: lan78xx, 4: bcmgenet, 5: macb), and the two names that such a port has.
    private const string NetworkManagerConfig = """
        # Written by Bramble: the root filesystem hangs on this interface, and its address came from the boot.
        [keyfile]
        unmanaged-devices=interface-name:eth0;interface-name:end0;driver:bcmgenet;driver:macb;driver:lan78xx;driver:smsc95xx

        """;

    private const string NetworkdConfig = """
        # Written by Bramble: the root filesystem hangs on this interface. It keeps the address from the boot and renews the same lease.
        [Match]
        Name=eth0 end0

        [Network]
        DHCP=ipv4
        KeepConfiguration=yes

        [DHCPv4]
        ClientIdentifier=mac
        UseHostname=no

        """;

    private const string DhcpcdConfig = "\n\n# Bramble: the root filesystem hangs on the Ethernet port; do not drop it when the link flickers or at shutdown.\nnolink\npersistent\n";

    private const string ResolverUnit = """
        # Written by Bramble.
        [Unit]
        Description=Take the name servers over from the network boot
        After=NetworkManager.service systemd-networkd.service dhcpcd.service networking.service
        Before=network-online.target

        [Service]
        Type=oneshot
        ExecStart=/usr/lib/bramble/resolver

        [Install]
        WantedBy=multi-user.target

        """;

    private const string ResolverScript = """
        #!/bin/bash
        # Takes the name servers over from the network boot where nobody else has set any. Written by Bramble.
        if [[ -L /etc/resolv.conf && -e /etc/resolv.conf ]]; then exit 0; fi
        if [[ -r /etc/resolv.conf ]] && [[ $(</etc/resolv.conf) == *nameserver\ * ]]; then exit 0; fi
        lines=
        for file in /run/net-*.conf; do
            [[ -r $file ]] || continue
            while IFS== read -r key value; do
                value=${value//[\'\"]/}
                [[ $key == IPV4DNS? && $value && $value != 0.0.0.0 ]] && lines+="nameserver $value"$'\n'
            done <"$file"
        done
        if [[ -z $lines && -r /proc/net/pnp ]]; then
            while read -r key value; do
                [[ $key == nameserver && $value != 0.0.0.0 ]] && lines+="nameserver $value"$'\n'
            done </proc/net/pnp
        fi
        [[ -z $lines ]] || printf '# Written by Bramble at start.\n%s' "$lines" >/etc/resolv.conf

        """;
}
