namespace Bramble.Storage.Editing;

/// <content>What is written into the image.</content>
internal sealed partial class ImageEditor
{
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

    private const string ResizeConfig = "# Written by Bramble: the root filesystem comes from the boot server.\ngrowpart: {mode: 'off'}\nresize_rootfs: false\n";

    private const string CloudInitConfig = "# Written by Bramble: host name, network and host keys come with the boot.\npreserve_hostname: true\nmanage_etc_hosts: false\nnetwork: {config: disabled}\nssh_deletekeys: false\n";

    private const string SwapConfig = "# Written by Bramble: no swap file on a root that lies on the boot server.\n[Main]\nMechanism=zram\n";

    private const string ZramUnit = """
        # Written by Bramble.
        [Unit]
        Description=Use half of the memory, compressed, for swap
        DefaultDependencies=no
        After=systemd-modules-load.service
        Before=swap.target

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/lib/bramble/zram

        [Install]
        WantedBy=multi-user.target

        """;

    // A kernel without zram has no swap then: that is no fault.
    private const string ZramScript = """
        #!/bin/bash
        # Swap in compressed memory. Written by Bramble.
        modprobe zram num_devices=1 2>/dev/null
        [[ -b /dev/zram0 && $(</sys/block/zram0/disksize) == 0 ]] || exit 0
        read -r _ kib _ </proc/meminfo
        echo $((kib * 512)) >/sys/block/zram0/disksize && mkswap /dev/zram0 >/dev/null && swapon --priority 100 /dev/zram0

        """;

    private const string ReadaheadUnit = """
        # Written by Bramble.
        [Unit]
        Description=Read further ahead on an NFS root
        DefaultDependencies=no
        Before=sysinit.target

        [Service]
        Type=oneshot
        ExecStart=/usr/lib/bramble/readahead

        [Install]
        WantedBy=sysinit.target

        """;

    private const string ReadaheadScript = """
        #!/bin/bash
        # Reads 1 MiB ahead where the root is on NFS; with an overlay that is its lower layer. Written by Bramble.
        while read -r _ _ device _ target rest; do
            [[ $target == / || $target == /bramble-lower ]] || continue
            [[ $rest == *' - nfs'* && -w /sys/class/bdi/$device/read_ahead_kb ]] && echo 1024 >"/sys/class/bdi/$device/read_ahead_kb"
        done </proc/self/mountinfo
        exit 0

        """;
}
