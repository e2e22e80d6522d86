using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Commands;

/// <summary>The command line of the published binary against a running server.</summary>
[Trait("kind", "integration")]
public sealed class CommandTests : IDisposable
{
    private const string Token = "00112233445566778899aabbccddeeff";
    private const string Chap = "chapword4kiosk";
    private const string Foreign = "foreignpassw0rd";

    private readonly BootBox _box = new("[dhcp]\nmode = server\n");

    [Fact]
    public void Clients_are_imported_changed_given_another_board_and_boards_forgotten()
    {
        _box.Bramble("image", "add", PiDisk.Make(_box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
        _box.Start();
        string table = Path.Combine(_box.Folder, "clients.csv");
        File.WriteAllText(table, "name,board,tags\nlobby,10000001,floor-1\nhall,10000002,\n");

        // No colours where it is no terminal, whatever TERM says.
        Assert.Contains("Added 2 of 2", _box.Bramble("client", "import", table), StringComparison.Ordinal);
        ShellResult again = _box.TryBramble("client", "import", table);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("lobby was not added: There is already a client named 'lobby'", again.Error, StringComparison.Ordinal);
        File.WriteAllText(table, "name,board\nLobby,1\n");
        Assert.Equal(2, _box.TryBramble("client", "import", table).ExitCode);

        _box.Bramble("client", "set", "lobby", "--address", "10.77.0.40", "--cmdline", "quiet", "--cmdline", "cma=256M", "--config", "gpu_mem=128");
        _box.Bramble("client", "replace", "hall", "dc:a6:32:00:00:99");
        JsonElement[] clients = [.. JsonDocument.Parse(_box.Bramble("client", "list", "--json")).RootElement.EnumerateArray()];
        Assert.Equal("10.77.0.40", clients.Single(static c => c.GetProperty("name").GetString() == "lobby").GetProperty("address").GetString());
        Assert.Equal("dc:a6:32:00:00:99", clients.Single(static c => c.GetProperty("name").GetString() == "hall").GetProperty("board").GetString());
        string saved = File.ReadAllText(Path.Combine(_box.Folder, "state", "clients", "lobby.json"));
        Assert.Contains("cma=256M", saved, StringComparison.Ordinal);
        Assert.Contains("gpu_mem=128", saved, StringComparison.Ordinal);

        // A board that boots as nobody is known until it is forgotten.
        Assert.Equal(1, _box.TryBramble("client", "forget", "10000009").ExitCode);
        Assert.Equal(0, _box.VirtualPi("--model", "4b", "--serial", "10000009", "--interface", "pi0").ExitCode);
        Assert.Contains("boots as client 'pi-10000009'", _box.TryBramble("client", "forget", "10000009").Error, StringComparison.Ordinal);
        _box.Bramble("client", "remove", "pi-10000009");
        Assert.Contains("10000009", _box.Bramble("status"), StringComparison.Ordinal);
        _box.Bramble("client", "forget", "10000009");
        Assert.DoesNotContain("10000009", _box.Bramble("status"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_for_those_who_help_holds_no_secret()
    {
        string state = Path.Combine(_box.Folder, "state");
        PreparedFleet.Write(state, 2, "10.77.0.1", _ => _box.Folder);
        string name = "pi-" + PreparedFleet.SerialOf(0);
        File.WriteAllText(Path.Combine(state, "clients", name + ".json"), $$"""
            {"name": "{{name}}", "board": "{{PreparedFleet.SerialOf(0)}}", "image": "pi", "rootKind": "external", "externalRoot": "iscsi://someone:{{Foreign}}@10.77.0.9/iqn.2020-01.example:disk",
             "beaconToken": "{{Token}}", "created": "2026-01-01T00:00:00+00:00"}
            """);
        File.WriteAllText(Path.Combine(_box.Folder, "bramble-targets.conf"), $"<target iqn.x>\n  incominguser {name} {Chap}\n</target>\n");
        File.AppendAllText(_box.ConfigFile, $"# the token was {Token}, the word {Chap}\n");
        _box.Start();
        string file = Path.Combine(_box.Folder, "bundle.tar.gz");

        Assert.Contains("Secrets were taken out", _box.Bramble("support", file, "--config", _box.ConfigFile), StringComparison.Ordinal);

        Assert.Equal("600", Shell.Run("stat", "-c", "%a", file).Trim());
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        using (var packed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress))
        using (var tar = new TarReader(packed))
        {
            while (tar.GetNextEntry() is { } entry)
            {
                using var text = new StreamReader(entry.DataStream ?? Stream.Null);
                found[entry.Name["bramble-support/".Length..]] = text.ReadToEnd();
            }
        }

        Assert.Contains(name, found["status.json"], StringComparison.Ordinal);
        Assert.Contains("bramble_clients", found["metrics.txt"], StringComparison.Ordinal);
        Assert.Contains("\"check\":\"ports\"", found["doctor.json"], StringComparison.Ordinal);
        Assert.Contains("[storage]", found["bramble.conf"], StringComparison.Ordinal);
        foreach ((string part, string text) in found)
        {
            foreach (string secret in (string[])[Token, Chap, Foreign])
            {
                Assert.False(text.Contains(secret, StringComparison.OrdinalIgnoreCase), $"{part} holds {secret}");
            }
        }
    }

    [Fact]
    public void The_doctor_sees_what_is_well_and_what_is_not_each_with_what_to_do()
    {
        _box.Bramble("image", "add", PiDisk.Make(_box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
        _box.Start();

        Dictionary<string, string> well = Doctor(out JsonElement[] findings);
        foreach (string check in (string[])["configuration", "server", "link", "addresses", "other-dhcp", "ports", "storage"])
        {
            Assert.True(well[check] == "ok", $"{check}: {string.Join('\n', findings)}");
        }

        Assert.All(findings.Where(static f => f.GetProperty("result").GetString() != "ok"), static f => Assert.True(f.TryGetProperty("fix", out _), f.ToString()));

        Shell.Run("ip", "-n", _box.Segment.BoardNamespace, "link", "set", "pi0", "down");
        // The kernel tells of a lost link within a second.
        Wait.Until(() => Doctor(out findings)["link"] == "wrong", Wait.Soon, () => string.Join('\n', findings));
        Assert.Contains(findings, static f => f.GetProperty("seen").GetString() == "srv0 has no link.");
    }

    [Theory]
    [InlineData("3b", "bootcode.bin")]
    [InlineData("2b", "bootcode.bin")]
    public void A_card_for_a_board_without_an_eeprom_is_one_partition_with_its_files(string model, string file)
    {
        string boot = Directory.CreateDirectory(Path.Combine(_box.Folder, "firmware")).FullName;
        foreach (string name in (string[])["bootcode.bin", "start.elf", "fixup.dat"])
        {
            File.WriteAllText(Path.Combine(boot, name), "this is " + name);
        }

        string card = Path.Combine(_box.Folder, "card.img");
        _box.Bramble("prep-card", "--model", model, "--boot-files", boot, card);
        Assert.Contains("type=c, bootable", Shell.Run("sfdisk", "--dump", card), StringComparison.Ordinal);
        Assert.Equal("this is " + file, Shell.Run("mtype", "-i", card + "@@1048576", "::" + file));
        Assert.Equal(1, _box.TryBramble("prep-card", "--model", model, "--boot-files", boot, card).ExitCode);

        string fuse = Path.Combine(_box.Folder, "fuse.img");
        _box.Bramble("prep-card", "--model", model, "--fuse", "--boot-files", boot, fuse);
        Assert.Contains("program_usb_boot_mode=1", Shell.Run("mtype", "-i", fuse + "@@1048576", "::config.txt"), StringComparison.Ordinal);
        Shell.Run("fsck.vfat", "-n", Cut(fuse));
    }

    [Fact]
    public void The_shell_is_told_what_comes_next_and_the_manual_is_whole()
    {
        Assert.Equal("client", Completed("bramble cli"));
        string pages = Path.Combine(_box.Folder, "man");
        _box.Bramble("man", pages);
        Assert.Contains(Path.Combine(pages, "bramble-why.1"), Directory.EnumerateFiles(pages));
    }

    [Fact]
    public void Names_of_what_there_is_complete_a_word_also_while_the_server_is_off()
    {
        _box.Bramble("image", "add", PiDisk.Make(_box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "raspios@2026");
        _box.Start();
        _box.Bramble("client", "add", "lobby", "--board", "10000001");
        _box.Bramble("client", "add", "lounge", "--board", "10000002");
        Assert.Equal("lobby lounge", Completed("bramble why lo"));
        Assert.Equal("lounge", Completed("bramble client set lou"));
        Assert.Equal("raspios@2026", Completed("bramble image show ra"));
        Assert.Equal("2026", Completed("bramble client image lobby raspios@2"));
        Assert.Equal("BR110 BR111 BR112 BR113 BR114 BR115", Completed("bramble fault BR11"));

        // Without a bus the folders are looked at, where the settings say that they are.
        string off = Shell.Run("unshare", "--mount", "sh", "-c", $"mount -t tmpfs none /etc && mkdir /etc/bramble && cp {_box.ConfigFile} /etc/bramble/bramble.conf && DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent {Repository.Bramble} '[suggest:14]' 'bramble why lo'");
        Assert.Equal(["lobby", "lounge"], off.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void What_was_done_and_what_was_found_is_told_as_json_alone()
    {
        _box.Start();
        JsonElement added = Json(_box.Bramble("client", "add", "lobby", "--board", "10000001", "--json"));
        Assert.Equal(("lobby", "10000001", "nfs"), (added.GetProperty("name").GetString(), added.GetProperty("board").GetString(), added.GetProperty("root").GetString()));
        Assert.Equal("10.77.0.9", Json(_box.Bramble("client", "set", "lobby", "--address", "10.77.0.9", "--json")).GetProperty("address").GetString());
        Assert.Equal("", Json(_box.Bramble("client", "root", "lobby", "overlay", "--json")).GetProperty("kept").GetString());
        Assert.Equal("overlay", Json(_box.Bramble("client", "show", "lobby", "--json")).GetProperty("root").GetString());
        Assert.Contains("is no kind of root", _box.TryBramble("client", "root", "lobby", "tape").Error, StringComparison.Ordinal);

        Assert.Empty(Json(_box.Bramble("config", "check", "--config", _box.ConfigFile, "--json")).GetProperty("mistakes").EnumerateArray());
        string bad = Path.Combine(_box.Folder, "bad.conf");
        File.WriteAllText(bad, "[clients]\nnetconsole = perhaps\n");
        ShellResult check = _box.TryBramble("config", "check", "--config", bad, "--json");
        Assert.Equal(2, check.ExitCode);
        Assert.Equal(2, Assert.Single(Json(check.Output).GetProperty("mistakes").EnumerateArray()).GetProperty("line").GetInt32());
        Assert.Equal("0xf12", Json(_box.Bramble("eeprom", "make", "--json")).GetProperty("settings").GetProperty("BOOT_ORDER").GetString());
    }

    public void Dispose() => _box.Dispose();

    /// <summary>What bash puts in the place of the last word, with blanks between.</summary>
    private string Completed(string line) => Shell.Run(
        "bash", "-c", $"export DBUS_SYSTEM_BUS_ADDRESS={_box.Bus.Address} PATH={Path.GetDirectoryName(Repository.Bramble)}:$PATH; source <(bramble completion bash); COMP_LINE='{line}'; COMP_POINT={line.Length}; _bramble; echo \"${{COMPREPLY[@]}}\"").Trim();

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    /// <summary>The worst of each check.</summary>
    private Dictionary<string, string> Doctor(out JsonElement[] findings)
    {
        ShellResult result = Shell.TryRun("ip", [.. Segment.In(_box.Segment.ServerNamespace, "env", ["DBUS_SYSTEM_BUS_ADDRESS=" + _box.Bus.Address, Repository.Bramble, "doctor", "--json", "--config", _box.ConfigFile])]);
        Assert.True(result.Output.StartsWith('['), result.Output + result.Error);
        findings = [.. JsonDocument.Parse(result.Output).RootElement.EnumerateArray()];
        return findings.GroupBy(static f => f.GetProperty("check").GetString()!).ToDictionary(
            static g => g.Key, static g => g.Any(static f => f.GetProperty("result").GetString() == "wrong") ? "wrong" : g.First().GetProperty("result").GetString()!, StringComparer.Ordinal);
    }

    /// <summary>The partition by itself.</summary>
    private string Cut(string card)
    {
        string part = Path.Combine(_box.Folder, "part.img");
        Shell.Run("dd", "if=" + card, "of=" + part, "bs=1M", "skip=1", "status=none");
        return part;
    }
}
