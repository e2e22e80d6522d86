namespace Bramble.Fleet.Faults;

/// <content>The network around the boards.</content>
public static partial class FaultCatalogue
{
    private static FaultEntry[] Network =>
    [
        new(
            FaultCode.SecondServer, "A second DHCP server is on the network",
            "Another machine offered or acknowledged an address while Bramble was giving addresses. Its address and MAC address are named.",
            ["A router was connected or switched on.", "Another boot server was."],
            ["Switch DHCP off on one of the two.", "Or set Bramble to proxy mode; the mode `auto` has done so by itself."],
            "It was not seen for 12 minutes, or not while Bramble gave addresses.")
        {
            NotThis = "Beside a router that was there from the start, the mode `auto` makes Bramble a proxy, and nothing is wrong.",
        },
        new(
            FaultCode.SpanningTree, "A switch keeps new ports closed for long",
            "Spanning tree messages (BPDUs) with a forward delay of more than 5 s came to a served interface. Such a switch is silent to a board for twice that time after its link comes up.",
            ["Spanning tree is on, as it is from the factory in most managed switches, and the boards' ports are ordinary ports."],
            [
                "Make the boards' ports edge ports (Cisco: `spanning-tree portfast`; Linux bridge: `forward_delay 200` or `stp_state 0`).",
                "Or switch spanning tree off, if there is no loop.",
                "Or put a small unmanaged switch between, so that the managed switch's port stays up.",
            ],
            "No such message came for a minute, or a Pi 3 booted since: its boot ROM gives up after 25 s, so its port must have been open before.")
        {
            NotThis = "A Pi 3 behind such a port stays dark, because it gives up after 25 s; a Pi 4 or 5 takes nearly two minutes, because its first round of tries is lost.",
        },
        new(
            FaultCode.AddressTwice, "Two machines use one address",
            "The address of a board was claimed in ARP by the board, by another MAC address, and by the board again, within three minutes.",
            [
                "A machine has this address set by hand, and it lies in the pool.",
                "Two Pi 3s took one offer: a boot ROM confirms nothing, and all of them use the same transaction id.",
                "Another DHCP server gives addresses of the same range.",
            ],
            ["Look for the machine with the MAC address that is named, and let it use DHCP.", "Keep the pool clear of addresses that are set by hand: `[dhcp] pool`."],
            "Only one of them claimed it for three minutes."),
        new(
            FaultCode.OtherBootServer, "The board asks another server for its files",
            "A bound address, no TFTP request for 15 s, and either an offer of another DHCP server to this board that names a boot server or boot file, or an ARP request of the board for another address than this server's.",
            [
                "The router has options 66, 67 or 43, or 'next server', set for network boot.",
                "The board's EEPROM names a server (`TFTP_IP`).",
                "An x86 boot server takes a Pi for a PC: its option 93 says the same.",
            ],
            ["Remove the boot options of the server that is named.", "Remove `TFTP_IP` from the board's EEPROM (`bramble eeprom explain`)."],
            "A file is asked for here."),
        new(
            FaultCode.NobodyAnswers, "The board looks for an address that nobody has",
            "A bound board asked at least three times by ARP for an address that is not this server's, and asked for no file.",
            [
                "The EEPROM of 2019-12-03 misreads the boot server's address (192.168.0.21 becomes 192.168.0.214).",
                "`TFTP_IP`, or the router's option 66, names a machine that is gone.",
                "The board takes this server to be on another network and looks for a router that is not there.",
            ],
            ["Update the board's EEPROM.", "Look for the address in the EEPROM settings and in the router's DHCP options.", "Compare the subnet masks of this server and of the router's DHCP."],
            "A file is asked for."),
        new(
            FaultCode.SameIdentity, "Two boards give one identity",
            "The systems of two boards sent DHCP with the same DUID (option 61), which is made from the machine id.",
            ["One root was copied from another by hand, with `/etc/machine-id` and the SSH host keys."],
            [
                "On one of them: `rm /etc/machine-id && systemd-machine-id-setup`, and new host keys: `rm /etc/ssh/ssh_host_* && ssh-keygen -A`. Then restart it.",
                "Make copies with `bramble`: it gives each client an identity of its own.",
            ],
            "One of the two sends another one, or none for ten minutes."),
    ];
}
