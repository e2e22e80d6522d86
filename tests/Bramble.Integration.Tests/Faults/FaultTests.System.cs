using Bramble.Integration.Tests.Dhcp.Clients;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Faults;

/// <content>Roots, and from the kernel to a system that is up; the server itself.</content>
public sealed partial class FaultTests
{
    private static FaultScene[] OfSystem =>
    [
        new("a kernel that does not start", "BR301", "Nothing was heard of the kernel", static scene => InBox(scene, static box => Boot(box))),
        new("a system that hangs while it comes up", "BR302", "the system has not said that it is up", static scene => InBox(scene, static box =>
        {
            Boot(box);
            using var bridge = new Switch(box.Segment);
            Station board = bridge.Plug("board", PreparedFleet.MacOf(0), AddressOf(box, "kiosk") + "/24");
            using var root = new RootConnection(box.Segment, board);
            box.Server.WaitForOutput("BR302", FaultScene.Patience);
        })),
        new("a system that gives its address back", "BR303", "the system gave its address back", static scene => InBox(scene, static box =>
        {
            Boot(box);
            using var bridge = new Switch(box.Segment);
            Station board = bridge.Plug("board", PreparedFleet.MacOf(0));
            using var system = RealClient.Create("udhcpc", board, box.Bus);
            system.Start();
            using var root = new RootConnection(box.Segment, board);
            box.Server.WaitForOutput("reached Root", s_soon);
            system.Release();
            box.Server.WaitForOutput("BR303", FaultScene.Patience);
        })),
        new("a server without an image", "BR401", "this server has no operating system for it", static scene =>
        {
            using var box = new BootBox("[dhcp]\nmode = server\n");
            box.Start();
            Boot(box);
            return scene.WaitFor(box.Server);
        }),
        new("an image whose name is misspelled", "BR402", "boots image 'pii'; there are: pi", static scene =>
        {
            using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n[clients]\nimage = pii\n");
            box.Start();
            Boot(box);
            return scene.WaitFor(box.Server);
        }),
        new("an image whose files were removed by hand", "BR403", "disk.img", static scene => InBox(scene, static box =>
        {
            Directory.Delete(Path.Combine(box.DataFolder, "images/pi/root"), recursive: true);
            Boot(box, "--serial", Stranger);
        })),
        new("something in the way of the list of exports", "BR404", "Client kiosk:", static scene => InBox(scene, static box =>
        {
            string exports = Path.Combine(box.Folder, "bramble.exports");
            File.Delete(exports);
            Directory.CreateDirectory(Path.Combine(exports, "in the way"));
            Boot(box);
        })),
        new("a clock that is years behind", "BR501", "has written down 2099-01-01", static scene => Quietly(scene, static box => box.Server.WaitForOutput("BR501", s_soon), prepare: static box =>
        {
            string board = Path.Combine(box.StateFolder, "boards", PreparedFleet.SerialOf(1) + ".json");
            File.WriteAllText(board, File.ReadAllText(board).Replace("\"lastSeen\": \"2026", "\"lastSeen\": \"2099", StringComparison.Ordinal));
        })),
        new("a cable that is pulled out", "BR502", "srv0 has had no link", static scene => Quietly(scene, static box =>
        {
            Shell.Run("ip", "-n", box.Segment.BoardNamespace, "link", "set", "pi0", "down");
            box.Server.WaitForOutput("BR502", s_soon);
        })),
        new("a data disk that fills up", "BR601", "are kept free for the roots that are in use", static scene => Quietly(scene, static box =>
        {
            string disk = Path.Combine(box.Folder, "disk");
            try
            {
                Assert.DoesNotContain("BR601", box.Server.Output, StringComparison.Ordinal);
                File.WriteAllBytes(Path.Combine(disk, "root"), new byte[16_500_000]);
                box.Server.WaitForOutput("BR601", s_soon);
            }
            finally
            {
                Shell.Run("umount", disk);
            }
        }, prepare: static box =>
        {
            string disk = Path.Combine(box.Folder, "disk");
            Directory.CreateDirectory(disk);
            Shell.Run("mount", "-t", "tmpfs", "-o", "size=16M", "tmpfs", disk);
            File.AppendAllText(box.ConfigFile, $"\n[storage]\ndata = {disk}\n");
        })),
    ];
}
