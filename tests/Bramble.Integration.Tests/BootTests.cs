using System.Text.Json;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests;

/// <summary>Virtual Raspberry Pis of every model load their files from the published binary.</summary>
[Trait("kind", "integration")]
public sealed class BootTests
{
    [Theory]
    [InlineData("3b", "0a1b2c3d", null)]
    [InlineData("3b+", "8b07bcc6", null)]
    [InlineData("4b", "91cdf03d", "2021-11-22")]
    [InlineData("4b", "91cdf03d", null)]
    [InlineData("5", "7bf18f79", null)]
    public void A_board_that_was_never_seen_loads_its_own_files(string model, string serial, string? eeprom)
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n");
        box.Start();

        ShellResult boot = box.Boot(model, serial, eeprom);

        Assert.True(boot.ExitCode == 0, $"{boot.Output}{boot.Error}\nServer:\n{box.Server.Output}");
        JsonElement client = box.Status().GetProperty("clients")[0];
        Assert.Equal($"pi-{serial}", client.GetProperty("name").GetString());
        Assert.Equal("kernel", client.GetProperty("boot").GetProperty("stage").GetString());
        Assert.True(!client.TryGetProperty("fault", out _), client.ToString());
    }

    [Fact]
    public void An_image_that_comes_while_the_server_runs_is_booted_at_once()
    {
        using var box = new BootBox("[dhcp]\nmode = server\n");
        box.Start();
        box.Bramble("image", "add", PiDisk.Make(box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");

        ShellResult boot = box.Boot("4b", "8a1b2c3d", null);

        Assert.True(boot.ExitCode == 0, $"{boot.Output}{boot.Error}\nServer:\n{box.Server.Output}");
        // The first DISCOVER is answered although the root had to be made first: an EEPROM asks again only after 8 s.
        Assert.Single(boot.Output.Split('\n'), line => line.Contains("\"discover\"", StringComparison.Ordinal));
    }

    [Fact]
    public void The_command_line_names_the_root_of_this_board_and_keeps_the_console()
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n");
        box.Start();
        string saved = Path.Combine(box.Folder, "saved");

        ShellResult boot = box.Boot("4b", "91cdf03d", null, "--save", saved);

        Assert.True(boot.ExitCode == 0, boot.Output + boot.Error);
        string line = File.ReadAllText(Directory.EnumerateFiles(saved, "cmdline.txt", SearchOption.AllDirectories).Single());
        Assert.StartsWith("console=serial0,115200 console=tty1 quiet root=/dev/nfs ", line, StringComparison.Ordinal);
        Assert.Contains($"nfsroot=10.77.0.1:{box.DataFolder}/clients/pi-91cdf03d/states/1/root,vers=3,tcp,rsize=131072,wsize=131072 rw ip=dhcp rootwait", line, StringComparison.Ordinal);
        Assert.DoesNotContain("PARTUUID", line, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_rollback_the_next_boot_loads_what_the_snapshot_holds()
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n");
        box.Start();
        Assert.Equal(0, box.Boot("4b", "91cdf03d", null).ExitCode);
        box.Bramble("snapshot", "create", "pi-91cdf03d", "good");
        File.AppendAllText(Path.Combine(box.DataFolder, "clients/pi-91cdf03d/current/boot/config.txt"), "# newer\n");
        box.Bramble("rollback", "pi-91cdf03d");
        string saved = Path.Combine(box.Folder, "saved");

        ShellResult boot = box.Boot("4b", "91cdf03d", null, "--save", saved);

        Assert.True(boot.ExitCode == 0, $"{boot.Output}{boot.Error}\nServer:\n{box.Server.Output}");
        string Saved(string name) => File.ReadAllText(Directory.EnumerateFiles(saved, name, SearchOption.AllDirectories).Single());
        Assert.DoesNotContain("newer", Saved("config.txt"), StringComparison.Ordinal);
        Assert.Contains("/clients/pi-91cdf03d/states/3/root,", Saved("cmdline.txt"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_is_brought_into_a_file_and_back_under_another_name()
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n");
        box.Start();
        box.Bramble("client", "add", "kiosk", "--board", "91cdf03d");
        string boot = Path.Combine(box.DataFolder, "clients/kiosk/current/boot");
        Wait.Until(() => Directory.Exists(boot), Wait.Soon, () => box.Server.Output);
        string file = Path.Combine(box.Folder, "kiosk.tar.zst");
        box.Bramble("client", "export", "kiosk", file);
        box.Bramble("client", "remove", "kiosk");
        Assert.Empty(box.Status().GetProperty("clients").EnumerateArray());
        Assert.False(Directory.Exists(boot));

        box.Bramble("import", file, "--name", "other", "--board", "91cdf03d");
        Assert.Contains("All is well", box.Bramble("doctor", "storage"), StringComparison.Ordinal);
        ShellResult result = box.Boot("4b", "91cdf03d", null);
        Assert.True(result.ExitCode == 0, $"{result.Output}{result.Error}\nServer:\n{box.Server.Output}");
        Assert.Equal("other", Assert.Single(box.Status().GetProperty("clients").EnumerateArray()).GetProperty("name").GetString());
        Directory.Delete(Path.Combine(box.DataFolder, "images/pi"), recursive: true);
        ShellResult doctor = box.TryBramble("doctor", "storage", "--json");
        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("\"code\":\"dangling\"", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_on_another_server_is_what_the_board_is_told()
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n");
        box.Start();
        box.Bramble("client", "add", "kiosk", "--board", "91cdf03d", "--root", "nfs://10.77.0.200/srv/kiosk");
        Assert.Equal(1, box.TryBramble("client", "add", "second", "--root", "nfs://server/srv").ExitCode);
        string saved = Path.Combine(box.Folder, "saved");

        // Its initramfs is its own: what says that it is up comes behind the image's.
        string files = Path.Combine(box.DataFolder, "clients/kiosk/current/boot");
        Wait.Until(() => Directory.Exists(files), Wait.Soon, () => box.Server.Output);
        ShellResult boot = box.VirtualPi("--model", "4b", "--serial", "91cdf03d", "--interface", "pi0", "--boot-files", files, "--expect", "cmdline.txt", "--save", saved);

        Assert.True(boot.ExitCode == 0, $"{boot.Output}{boot.Error}\nServer:\n{box.Server.Output}");
        string line = File.ReadAllText(Directory.EnumerateFiles(saved, "cmdline.txt", SearchOption.AllDirectories).Single());
        Assert.Contains(" root=/dev/nfs nfsroot=10.77.0.200:/srv/kiosk,vers=3,tcp rw ip=dhcp rootwait boot=bramble-external", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_was_named_boots_under_its_name_and_at_its_address()
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n[clients]\nenrol = list\n");
        box.Start();
        box.Bramble("client", "add", "kiosk", "--board", "91cdf03d", "--address", "10.77.0.9");

        ShellResult boot = box.Boot("4b", "91cdf03d", null);
        ShellResult stranger = box.Boot("4b", "00000bad", null, "--mac", "dc:a6:32:00:0b:ad", "--timeout", "20");

        Assert.True(boot.ExitCode == 0, boot.Output + boot.Error);
        Assert.Equal(1, stranger.ExitCode);
        JsonElement client = Assert.Single(box.Status().GetProperty("clients").EnumerateArray());
        Assert.Equal("10.77.0.9", client.GetProperty("address").GetString());
        Assert.Equal("00000bad", Assert.Single(box.Status().GetProperty("unassigned").EnumerateArray()).GetProperty("board").GetString());
    }

    [Fact]
    public void A_second_client_of_the_same_name_or_board_is_refused_in_words()
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n");
        box.Start();
        box.Bramble("client", "add", "kiosk", "--board", "91cdf03d");

        ShellResult sameName = box.TryBramble("client", "add", "kiosk", "--board", "91cdf03e");
        ShellResult sameBoard = box.TryBramble("client", "add", "other", "--board", "91cdf03d");
        ShellResult badName = box.TryBramble("client", "add", "../etc");
        ShellResult noImage = box.TryBramble("client", "add", "third", "--image", "nothing");

        Assert.All([sameName, sameBoard, badName, noImage], r => Assert.Equal(1, r.ExitCode));
        Assert.Contains("kiosk", sameName.Error, StringComparison.Ordinal);
        Assert.Contains("kiosk", sameBoard.Error, StringComparison.Ordinal);
        Assert.Contains("image list", noImage.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_is_cut_off_is_refused_and_leaves_nothing()
    {
        using var box = new BootBox();
        string image = PiDisk.Make(box.Folder, "pi.img", PiDisk.EveryModel());
        using (FileStream file = File.OpenWrite(image))
        {
            file.SetLength(50 << 20);
        }

        ShellResult add = box.TryBramble("image", "add", image);

        Assert.Equal(1, add.ExitCode);
        Assert.Contains("pi.img", add.Error, StringComparison.Ordinal);
        Assert.Contains("No image yet", box.Bramble("image", "list"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(box.DataFolder, "tmp")));
    }
}
