namespace Bramble.Storage.Editing;

/// <summary>
/// The part of the up-beacon that runs on the client: a unit that sends <c>bramble-up 1 CLIENT TOKEN BOOT_ID</c> to the server every two seconds
/// until <c>ok BOOT_ID</c> comes back, for ten minutes at most, and from then on every ten seconds. Where <c>re BOOT_ID</c> comes back, it restarts the machine.
/// </summary>
internal static class UpBeacon
{
    internal const string ScriptPath = "usr/lib/bramble/up";
    internal const string UnitName = "bramble-up.service";
    internal const string ConfigPath = "etc/bramble/beacon.conf";

    /// <summary>
    /// Bash alone. A plain read takes a byte at a time from what it cannot seek in, and the rest of the datagram is lost: <c>read -N</c> takes it
    /// whole. <c>read &lt;&gt; &lt;(:)</c> waits on a pipe that nobody writes to: a sleep without another program.
    /// </summary>
    internal const string Script = """
        #!/bin/bash
        # Tells the boot server that this machine is up, and restarts it when the boot server asks for that. Written by Bramble.
        [[ -r /etc/bramble/beacon.conf ]] || exit 0
        . /etc/bramble/beacon.conf
        read -r boot_id </proc/sys/kernel/random/boot_id || exit 1

        wait_seconds() { read -r -t "$1" <> <(:) || :; }

        pause=1
        while ((pause > 1 || SECONDS < 600)); do
            answer=
            # Bash connects the socket: only the server's own address and port can answer, and only who knows the boot id.
            if { exec 3<>"/dev/udp/$SERVER/$PORT"; } 2>/dev/null; then
                printf 'bramble-up 1 %s %s %s\n' "$CLIENT" "$TOKEN" "$boot_id" 2>/dev/null >&3
                # One read call a datagram: without -N bash reads byte by byte and loses the rest.
                read -r -t 1 -N 39 -u 3 answer 2>/dev/null
                exec 3>&-
            fi
            case $answer in
            "ok $boot_id") pause=10 ;;
            "re $boot_id")
                echo "The boot server $SERVER asks for a restart."
                systemctl --no-block reboot && exit 0
                ;;
            esac
            wait_seconds $pause
        done
        echo "The boot server $SERVER did not answer on UDP port $PORT for 10 minutes." >&2
        exit 1

        """;

    /// <summary>Ordered after multi-user.target, but of type simple and wanted by it: nothing waits for it.</summary>
    internal const string Unit = """
        [Unit]
        Description=Tell the boot server that this machine is up
        Documentation=man:bash(1)
        ConditionPathExists=/etc/bramble/beacon.conf
        After=multi-user.target network-online.target

        [Service]
        Type=simple
        ExecStart=/usr/lib/bramble/up

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>The client's own settings: shell lines whose values were checked and need no escaping inside the quotes.</summary>
    internal static string Config(string server, int port, string client, string token) =>
        $"# Written by Bramble.\nSERVER='{server}'\nPORT='{port}'\nCLIENT='{client}'\nTOKEN='{token}'\n";
}
