using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Tftp;

/// <summary>What a board can read from the published server, which runs as a user without rights, and what it cannot.</summary>
[Trait("kind", "integration")]
public sealed class BoundaryTests : IDisposable
{
    private const string Own = "10.77.0.5";
    private const string Stranger = "10.77.0.9";
    private static readonly string s_ownSerial = PreparedFleet.SerialOf(0);
    private static readonly string s_otherSerial = PreparedFleet.SerialOf(1);

    private PreparedBox? _box;

    [Fact]
    public void A_board_reads_its_files_by_every_spelling_of_their_names()
    {
        RawClient board = Start();
        foreach (string name in (string[])["config.txt", "/config.txt", $"{s_ownSerial}/config.txt", $"{s_ownSerial}//config.txt", $"//{s_ownSerial}/./config.txt", $"./{s_ownSerial}///config.txt", "dc-a6-32-00-00-01/config.txt"])
        {
            Assert.Equal("# of 0\n", board.Read(name));
        }

        Assert.Equal("inside", board.Read("link-inside"));
        Assert.Equal("inside", board.Read("overlays/up"));
        Assert.DoesNotContain("check-address", _box!.Server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_could_lead_elsewhere_are_refused()
    {
        RawClient board = Start();
        string[] names =
        [
            $"../{s_otherSerial}/config.txt", "..", "overlays/../config.txt", $"{s_ownSerial}/../{s_otherSerial}/config.txt", "/../../etc/hostname",
            $"{s_ownSerial}\\config.txt", "..\\config.txt", "config\u0001.txt", "config.txt\n", "config\u007f.txt", "\u00ff\u00fe", "config.txt/", "", new string('a', 401),
        ];
        foreach (string name in names)
        {
            Assert.StartsWith("error 2:", board.Read(name) ?? $"no answer to {name}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Another_boards_files_are_out_of_reach_by_prefix_by_guess_and_by_symlink()
    {
        RawClient board = Start();
        foreach (string name in (string[])[$"{s_otherSerial}/config.txt", "dc-a6-32-00-00-02/config.txt", "deadbeef/config.txt", "00000000/cmdline.txt", "link-other", "link-other-folder/config.txt"])
        {
            Assert.StartsWith("error 2:", board.Read(name) ?? $"no answer to {name}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Only_regular_files_that_the_server_may_read_are_served()
    {
        RawClient board = Start();
        foreach (string name in (string[])["link-absolute", "link-relative", "link-proc", "link-proc/0", "secret", "locked/file"])
        {
            Assert.StartsWith("error 2:", board.Read(name) ?? $"no answer to {name}", StringComparison.Ordinal);
        }

        foreach (string name in (string[])["pipe", "null", "overlays", "socket", "nowhere"])
        {
            Assert.StartsWith("error 1:", board.Read(name) ?? $"no answer to {name}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_address_that_no_board_has_reads_nothing_even_with_a_boards_serial()
    {
        Start();
        // Known to nobody: the same cable, another Ethernet address.
        Shell.Run("ip", "-n", _box!.Segment.BoardNamespace, "link", "set", "pi0", "address", "02:00:00:00:00:99");
        var stranger = new RawClient(_box.Segment.BoardNamespace, Stranger);
        Assert.StartsWith("error 2:", stranger.Read($"{s_ownSerial}/config.txt") ?? "no answer", StringComparison.Ordinal);
        Assert.StartsWith("error 1:", stranger.Read("config.txt") ?? "no answer", StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_outside_of_the_served_network_gets_no_packet_at_all()
    {
        RawClient board = Start();
        Assert.Equal("# of 0\n", board.Read("config.txt"));
        string outside = "10.99.0.5";
        Shell.Run("ip", "-n", _box!.Segment.BoardNamespace, "address", "add", outside + "/32", "dev", "pi0");
        Shell.Run("ip", "-n", _box.Segment.ServerNamespace, "route", "add", outside + "/32", "dev", "srv0");

        Assert.Null(new RawClient(_box.Segment.BoardNamespace, outside).Read("config.txt"u8.ToArray(), TimeSpan.FromMilliseconds(500)));
        Assert.Equal("# of 0\n", board.Read("config.txt"));
    }

    [Fact]
    public void Without_the_check_every_address_reads_every_boards_files_and_the_log_warns()
    {
        RawClient board = Start("[tftp]\ncheck-address = no\n");
        Assert.Equal("# of 1\n", board.Read($"{s_otherSerial}/config.txt"));
        Assert.StartsWith("error 2:", board.Read($"../{s_otherSerial}/config.txt") ?? "no answer", StringComparison.Ordinal);
        Assert.Contains("[tftp] check-address = no: whoever is on the served network can read every board's files", _box!.Server.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _box?.Dispose();

    /// <summary>Starts the server as nobody, with two boards, and puts the first one on the cable.</summary>
    private RawClient Start(string config = "")
    {
        _box = new PreparedBox(2, board => $"clients/{board}/boot", config);
        string boot = Path.Combine(_box.Folder, "clients/0/boot");
        for (int board = 0; board < 2; board++)
        {
            File.WriteAllText(Path.Combine(_box.Folder, $"clients/{board}/boot/config.txt"), $"# of {board}\n");
        }

        string binary = Path.Combine(_box.Folder, "bramble");
        File.Copy(Repository.Bramble, binary);
        Shell.Run("bash", "-euc", $"""
            cd {boot}
            printf inside > inside; mkdir overlays
            ln -s inside link-inside; ln -s ../inside overlays/up
            ln -s /etc/hostname link-absolute; ln -s ../../../bramble.conf link-relative; ln -s /proc/self/fd link-proc
            ln -s ../../1/boot/config.txt link-other; ln -s ../../1/boot link-other-folder
            mkfifo pipe; mknod null c 1 3; printf secret > secret; chmod 600 secret
            mkdir locked; printf x > locked/file; chmod 700 locked
            perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_DGRAM, 0); bind($s, sockaddr_un("socket")) or die'
            chown -R nobody {_box.StateFolder}; chmod 755 {binary}
            """);
        _box.StartBinary(
            binary, "setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups",
            "--inh-caps", "-all,+net_bind_service,+net_raw", "--ambient-caps", "-all,+net_bind_service,+net_raw");
        Shell.Run("ip", "-n", _box.Segment.BoardNamespace, "link", "set", "pi0", "address", PreparedFleet.MacOf(0));
        foreach (string address in (string[])[Own, Stranger])
        {
            Shell.Run("ip", "-n", _box.Segment.BoardNamespace, "address", "add", address + "/24", "dev", "pi0");
        }

        return new RawClient(_box.Segment.BoardNamespace, Own);
    }
}
