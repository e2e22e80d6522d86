using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Faults;

/// <summary>Troubles that are really there: each is told by its code, with the right words, and no other code appears.</summary>
[Trait("kind", "integration")]
public sealed class FaultTests
{
    private const string Serial = "10000001";
    private const string CopyOfAMachine = "0x3d:ff000000010002000000ab1122334455667788";
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(60);

    private static readonly FaultScene[] s_scenes =
    [
        new("a boot folder without start4.elf", "BR201", "Asked for and not there: start4.elf", static scene => InBox(scene, static box =>
        {
            File.Delete(Path.Combine(BootFolder(box), "start4.elf"));
            Boot(box);
        })),
        new("a start4.elf that is a link out of the folder", "BR202", "start4.elf was refused", static scene => InBox(scene, static box =>
        {
            File.Delete(Path.Combine(BootFolder(box), "start4.elf"));
            File.CreateSymbolicLink(Path.Combine(BootFolder(box), "start4.elf"), "/etc/hostname");
            Boot(box);
        })),
        new("a board that loses power in the middle of a file", "BR203", "the board stopped answering", static scene => InBox(scene, static box =>
        {
            Slow(box, "2mbit");
            using RunningProgram board = SwitchOn(box);
            box.Server.WaitForOutput("reached Firmware", s_soon);
            Thread.Sleep(TimeSpan.FromSeconds(3));
        })),
        new("a network that is too slow for a file of this size", "BR208", "then the board gave up", static scene => InBox(scene, static box =>
        {
            Slow(box, "1mbit");
            Boot(box);
        })),
        new("a way with a small MTU", "BR209", "Such a packet has 1500 bytes", static scene => InBox(scene, static box => Boot(box, "--mtu", "1400"))),
        new("the EEPROM that misreads the boot server's address", "BR112", "by ARP who has 10.77.0.14", static scene => InBox(scene, static box => Boot(box, "--eeprom", "2019-12-03"))),
        new("a TFTP port that is closed", "BR103", "no TFTP request came from it", static scene => InBox(scene, static box => Boot(box), "[tftp]\nport = 1069\n")),
        new("a stranger while the list is closed", "BR104", "Board 00000bad (dc:a6:32:00:0b:ad) asks to boot", static scene => InBox(
            scene, static box => Boot(box, "--serial", "00000bad", "--mac", "dc:a6:32:00:0b:ad"), "[clients]\nenrol = list\n")),
        new("a switch with spanning tree", "BR108", "forward delay of 15 s: a port may be closed for 30 s", static scene => Quietly(scene, static box =>
        {
            using var bridge = new Switch(box.Segment);
            Shell.Run("ip", "-n", bridge.Namespace, "link", "set", Switch.Bridge, "type", "bridge", "forward_delay", "1500", "stp_state", "1");
            box.Server.WaitForOutput("BR108", s_soon);
        })),
        new("a cable that is pulled out", "BR502", "srv0 has had no link", static scene => Quietly(scene, static box =>
        {
            Shell.Run("ip", "-n", box.Segment.BoardNamespace, "link", "set", "pi0", "down");
            box.Server.WaitForOutput("BR502", s_soon);
        })),
        new("a machine that has the board's address too", "BR110", "52:54:00:00:00:99", static scene => InBox(scene, static box =>
        {
            Boot(box);
            using var bridge = new Switch(box.Segment);
            string address = Clients(box)[0].GetProperty("address").GetString()!;
            Station board = bridge.Plug("board", PreparedFleet.MacOf(0), address + "/24");
            Station other = bridge.Plug("other", "52:54:00:00:00:99", address + "/24");
            Wait.Until(() => Say(board) && Say(other) && box.Server.Output.Contains("BR110", StringComparison.Ordinal), s_soon, () => box.Server.Output);
        })),
        new("two systems that are copies of one", "BR113", "give the same DUID", static scene => InBox(scene, static box =>
        {
            ShellResult storm = box.VirtualPi("storm", "--boards", "2x4b", "--serial", Serial, "--interface", "pi0", "--file-timeout", "100");
            Assert.True(storm.ExitCode == 0, storm.Error);
            using var bridge = new Switch(box.Segment);
            Parallel.For(0, 2, i => bridge.Plug(string.Create(CultureInfo.InvariantCulture, $"copy{i}"), PreparedFleet.MacOf(i)).Run(
                "udhcpc", "-i", Station.Interface, "-n", "-q", "-f", "-t", "3", "-T", "2", "-s", "/bin/true", "-C", "-x", CopyOfAMachine));
            box.Server.WaitForOutput("BR113", s_soon);
        })),
        new("a board with a system on its card", "BR114", "its bootloader did not ask before", static scene => InBox(scene, static box =>
        {
            using var bridge = new Switch(box.Segment);
            bridge.Plug("board", PreparedFleet.MacOf(0)).Run("udhcpc", "-i", Station.Interface, "-n", "-q", "-f", "-t", "3", "-T", "2", "-s", "/bin/true");
            box.Server.WaitForOutput("BR114", FaultScene.Patience);
        }, prepare: static box =>
        {
            // Its bootloader asked long ago, so that its MAC address is known.
            PreparedFleet.Write(Path.Combine(box.Folder, "earlier"), 1, "10.77.0.1", static _ => "/nonexistent");
            Directory.CreateDirectory(Path.Combine(box.Folder, "state"));
            Directory.Move(Path.Combine(box.Folder, "earlier", "boards"), Path.Combine(box.Folder, "state", "boards"));
        })),
        new("a clock that is years behind", "BR501", "has written down 2099-01-01", static scene => Quietly(scene, static box => box.Server.WaitForOutput("BR501", s_soon), prepare: static box =>
        {
            string board = Path.Combine(box.StateFolder, "boards", PreparedFleet.SerialOf(1) + ".json");
            File.WriteAllText(board, File.ReadAllText(board).Replace("\"lastSeen\": \"2026", "\"lastSeen\": \"2099", StringComparison.Ordinal));
        })),
    ];

    [Fact]
    public void Each_trouble_is_told_by_its_code_and_no_other()
    {
        var complaints = new ConcurrentBag<string>();
        // They wait for each other's time to pass more than they work.
        Thread[] threads = [.. s_scenes.Select(scene => new Thread(() =>
        {
            try
            {
                if (scene.Complaint(scene.Run(scene)) is { } complaint)
                {
                    complaints.Add(complaint);
                }
            }
            catch (Exception e)
            {
                complaints.Add($"{scene.Name}: {e}");
            }
        }))];
        Array.ForEach(threads, static t => t.Start());
        Array.ForEach(threads, static t => t.Join());
        Assert.True(complaints.IsEmpty, string.Join("\n\n", complaints));
    }

    /// <summary>A server with an image and two clients whose roots are made, and the trouble in it.</summary>
    private static string InBox(FaultScene scene, Action<BootBox> trouble, string config = "", Action<BootBox>? prepare = null)
    {
        using var box = new BootBox("[dhcp]\nmode = server\n" + config);
        prepare?.Invoke(box);
        box.Bramble("image", "add", PiDisk.Make(box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
        box.Start();
        box.Bramble("client", "add", "kiosk", "--board", Serial);
        box.Bramble("client", "add", "lobby", "--board", PreparedFleet.SerialOf(1));
        Wait.Until(() => Clients(box).All(static c => c.GetProperty("rootState").GetString() == "ready"), s_soon, () => box.Server.Output);
        PiFiles.Write(BootFolder(box), 12_000_000);
        trouble(box);
        return scene.WaitFor(box.Server);
    }

    /// <summary>A server that no board asks, and the trouble in it.</summary>
    private static string Quietly(FaultScene scene, Action<PreparedBox> trouble, Action<PreparedBox>? prepare = null)
    {
        using var box = new PreparedBox(2);
        prepare?.Invoke(box);
        box.Start();
        trouble(box);
        return scene.WaitFor(box.Server);
    }

    private static JsonElement[] Clients(BootBox box) => [.. JsonDocument.Parse(box.Bramble("status", "--json")).RootElement.GetProperty("clients").EnumerateArray()];

    /// <summary>The boot folder of the first client, as the server remembers it.</summary>
    private static string BootFolder(BootBox box) => JsonDocument.Parse(File.ReadAllText(Path.Combine(box.Folder, "state", "roots", "kiosk.json")))
        .RootElement.GetProperty("root").GetProperty("bootFolder").GetString()!;

    private static string[] BoardCommand(BootBox box, params string[] more) =>
        [.. Segment.In(box.Segment.BoardNamespace, Repository.VirtualPi, [
            "--model", "4b", .. more.Contains("--serial") ? (string[])[] : ["--serial", Serial], "--interface", "pi0", "--timeout", "60", .. more])];

    /// <summary>Switches a board on and waits until it has loaded everything or given up.</summary>
    private static void Boot(BootBox box, params string[] more) => Shell.TryRun("ip", BoardCommand(box, more));

    /// <summary>Switches a board on; its power is cut when the result is disposed of.</summary>
    private static RunningProgram SwitchOn(BootBox box) => new("ip", BoardCommand(box));

    private static void Slow(BootBox box, string rate) =>
        Shell.Run("tc", "-n", box.Segment.ServerNamespace, "qdisc", "add", "dev", "srv0", "root", "tbf", "rate", rate, "burst", "16k", "latency", "200ms");

    /// <summary>Has a machine ask by ARP, which says what address it has.</summary>
    private static bool Say(Station station)
    {
        Shell.TryRun("ip", "-n", station.Namespace, "neigh", "flush", "dev", Station.Interface);
        station.Run("ping", "-c", "1", "-W", "1", "10.77.0.1");
        return true;
    }
}
