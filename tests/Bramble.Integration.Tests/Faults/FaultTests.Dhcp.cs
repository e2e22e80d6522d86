using System.Globalization;
using Bramble.Integration.Tests.Dhcp;
using Bramble.Integration.Tests.Dhcp.Rivals;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Faults;

/// <content>From the first request to the address, and the network around.</content>
public sealed partial class FaultTests
{
    private static FaultScene[] OfDhcp =>
    [
        new("a switch that filters DHCP on the server's port", "BR101", "and no DHCPREQUEST", static scene => OnCable(scene, static (box, cable) =>
        {
            cable.LosesOffers = true;
            Boot(box);
        })),
        new("a second boot server that is quicker", "BR102", "and went with " + Rival.Address, static scene => OnCable(scene, static (box, cable) =>
        {
            using var bridge = new Switch(box.Segment);
            using var router = new Rival("dnsmasq", bridge.Plug("router", RouterMac, Rival.Address + "/24"), BootServer);
            cable.LosesOffers = true;
            Boot(box, "--interface", bridge.BoardPort());
            box.Server.WaitForOutput("BR102", FaultScene.Patience);
        }), Besides: "BR107"),
        new("a TFTP port that is closed", "BR103", "no TFTP request came from it", static scene => InBox(scene, static box => Boot(box), "[tftp]\nport = 1069\n")),
        new("a stranger while the list is closed", "BR104", "Board 00000bad (dc:a6:32:00:0b:ad) asks to boot", static scene => InBox(
            scene, static box => Boot(box, "--serial", Stranger, "--mac", "dc:a6:32:00:0b:ad"), "[clients]\nenrol = list\n")),
        new("a pool of one address", "BR105", "no offer sent", static scene => InBox(scene, static box =>
        {
            Boot(box);
            Boot(box, "--serial", PreparedFleet.SerialOf(1));
        }, "pool = 10.77.0.100-10.77.0.100\n")),
        new("a board beyond the thousandth", "BR106", "1000 clients are there already", static scene => Quietly(
            scene, static box => Boot(box.Segment, "--serial", Stranger), boards: 1000)),
        new("a router that is switched on", "BR107", "(" + RouterMac + ") answers DHCP too", static scene => Quietly(scene, static box =>
        {
            using var bridge = new Switch(box.Segment);
            using var router = new Rival("dnsmasq", bridge.Plug("router", RouterMac, Rival.Address + "/24"));
            box.Server.WaitForOutput("BR107", FaultScene.Patience);
        }, config: "look-again = 10s\n")),
        new("a switch with spanning tree", "BR108", "forward delay of 15 s: a port may be closed for 30 s", static scene => Quietly(scene, static box =>
        {
            using var bridge = new Switch(box.Segment);
            Shell.Run("ip", "-n", bridge.Namespace, "link", "set", Switch.Bridge, "type", "bridge", "forward_delay", "1500", "stp_state", "1");
            box.Server.WaitForOutput("BR108", s_soon);
        })),
        new("a Pi 3B behind a relay agent", "BR109", "came through the relay agent 10.78.0.1", static scene => InBox(scene, static box =>
        {
            using var bridge = new Switch(box.Segment);
            Station relay = bridge.Plug("relay", "02:00:00:00:00:05", "10.77.0.5/24");
            Shell.Run("ip", "-n", box.Segment.ServerNamespace, "route", "add", "10.78.0.0/24", "via", "10.77.0.5");
            Shell.Run("ip", "-n", relay.Namespace, "link", "add", "eth1", "type", "veth", "peer", "name", "boards");
            Shell.Run("ip", "-n", relay.Namespace, "addr", "add", "10.78.0.1/24", "dev", "eth1");
            Shell.Run("ip", "-n", relay.Namespace, "link", "set", "eth1", "up");
            Shell.Run("ip", "-n", relay.Namespace, "link", "set", "boards", "up");
            using RunningProgram agent = relay.Start("dhcrelay", "-4", "-d", "--no-pid", "-a", "-id", "eth1", "-iu", Station.Interface, "10.77.0.1");
            agent.WaitForOutput("Sending on   Socket/fallback", s_soon);
            relay.TryRun(Repository.VirtualPi, "--model", "3b", "--serial", Serial, "--interface", "boards", "--timeout", "60").Expect(0, 1);
        }, "pool = 10.77.0.128-10.77.0.199, 10.78.0.100-10.78.0.109\nrelayed = 10.78.0.0/24 via 10.78.0.1\n")),
        new("a machine that has the board's address too", "BR110", "52:54:00:00:00:99", static scene => InBox(scene, static box =>
        {
            Boot(box);
            using var bridge = new Switch(box.Segment);
            string address = AddressOf(box, "kiosk");
            Station board = bridge.Plug("board", PreparedFleet.MacOf(0), address + "/24");
            Station other = bridge.Plug("other", "52:54:00:00:00:99", address + "/24");
            Wait.Until(() => Say(board) && Say(other) && box.Server.Output.Contains("BR110", StringComparison.Ordinal), s_soon, () => box.Server.Output);
        })),
        new("an EEPROM with the address of a boot server of old", "BR111", "It asked by ARP for " + Rival.Address, static scene => InBox(scene, static box =>
        {
            using var bridge = new Switch(box.Segment);
            bridge.Plug("other", RouterMac, Rival.Address + "/24");
            Boot(box, "--interface", bridge.BoardPort(), "--tftp-ip", Rival.Address);
        })),
        new("the EEPROM that misreads the boot server's address", "BR112", "by ARP who has 10.77.0.14", static scene => InBox(scene, static box => Boot(box, "--eeprom", "2019-12-03"))),
        new("two systems that are copies of one", "BR113", "give the same DUID", static scene => InBox(scene, static box =>
        {
            ShellResult storm = box.VirtualPi("storm", "--boards", "2x4b", "--serial", Serial, "--interface", "pi0", "--file-timeout", "100");
            Assert.True(storm.ExitCode == 0, storm.Error);
            using var bridge = new Switch(box.Segment);
            Parallel.For(0, 2, i => bridge.Plug(string.Create(CultureInfo.InvariantCulture, $"copy{i}"), PreparedFleet.MacOf(i)).TryRun(
                "udhcpc", "-i", Station.Interface, "-n", "-q", "-f", "-t", "3", "-T", "2", "-s", "/bin/true", "-C", "-x", CopyOfAMachine).Expect(0, 1));
            box.Server.WaitForOutput("BR113", s_soon);
        })),
        new("a board with a system on its card", "BR114", "its bootloader did not ask before", static scene => InBox(scene, static box =>
        {
            using var bridge = new Switch(box.Segment);
            DhcpLab.AskForAddress(bridge.Plug("board", PreparedFleet.MacOf(0)));
            box.Server.WaitForOutput("BR114", FaultScene.Patience);
        }, prepare: static box =>
        {
            // Its bootloader asked long ago, so that its MAC address is known.
            PreparedFleet.Write(Path.Combine(box.Folder, "earlier"), 1, "10.77.0.1", static _ => "/nonexistent");
            Directory.CreateDirectory(Path.Combine(box.Folder, "state"));
            Directory.Move(Path.Combine(box.Folder, "earlier", "boards"), Path.Combine(box.Folder, "state", "boards"));
            return null;
        })),
    ];
}
