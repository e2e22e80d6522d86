using Bramble.Dhcp.Boards;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Tests.Support;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Fleet.Tests.Clients;

public sealed class FleetStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MemoryLog _log = new();
    private readonly FleetStore _store;

    public FleetStoreTests()
    {
        _store = new FleetStore(_folder.Path, _log);
        _store.Create();
    }

    private static Client Kiosk => new()
    {
        Name = "kiosk",
        Board = BoardRef.TryParse("91cdf03d", out BoardRef board) ? board : null,
        Image = "trixie",
        RootKind = RootKind.Iscsi,
        Address = Ipv4Address.Parse("10.77.0.9"),
        HostName = "front-door",
        CommandLine = ["loglevel=7"],
        ConfigLines = ["dtparam=audio=off"],
        Tags = ["hall"],
        BeaconToken = "00112233445566778899aabbccddeeff",
        Created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    [Fact]
    public void A_client_is_written_for_people_and_read_back()
    {
        _store.Save(Kiosk);
        string text = File.ReadAllText(Path.Combine(_folder.Path, "clients", "kiosk.json"));
        Assert.Contains("\"version\": 1", text, StringComparison.Ordinal);
        Assert.Contains("\"board\": \"91cdf03d\"", text, StringComparison.Ordinal);
        Assert.Contains("\"rootKind\": \"iscsi\"", text, StringComparison.Ordinal);
        Assert.Contains("\"address\": \"10.77.0.9\"", text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.Equivalent(Kiosk, Assert.Single(_store.LoadClients()), strict: true);
    }

    [Fact]
    public void Secrets_are_readable_by_their_owner_only()
    {
        _store.Save(Kiosk);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Path, "clients", "kiosk.json")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_folder.Path, "clients")));
    }

    [Fact]
    public void A_board_is_written_and_read_back()
    {
        var board = new Board { Mac = TestFleet.Pi4.Mac, Serial = TestFleet.Pi4.Serial, Revision = 0xd03114, Model = PiModel.Pi4B, Family = PiFamily.Pi4, Approved = true };
        _store.Save(board);
        Assert.Contains("\"revision\": \"d03114\"", File.ReadAllText(Path.Combine(_folder.Path, "boards", "91cdf03d.json")), StringComparison.Ordinal);
        Board loaded = Assert.Single(_store.LoadBoards());
        Assert.Equal(board, loaded);
        Assert.Equal(8192, loaded.MemoryMiB);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"name\":null}")]
    [InlineData("{\"name\":\"broken\",\"board\":\"xyz\"}")]
    [InlineData("{\"name\":\"broken\",\"address\":\"1.2.3\"}")]
    [InlineData("{\"name\":\"broken\",\"rootKind\":\"floppy\"}")]
    [InlineData("{\"name\":\"another\"}")]
    [InlineData("{\"name\":\"../broken\"}")]
    [InlineData("\u0000\u0001\u0002")]
    public void A_damaged_file_is_put_aside_with_a_warning(string text)
    {
        _store.Save(Kiosk);
        string path = _folder.Write("clients/broken.json", text);
        Assert.Equal("kiosk", Assert.Single(_store.LoadClients()).Name);
        Assert.False(File.Exists(path));
        Assert.Equal(text, File.ReadAllText(path + ".bad"));
        Assert.Contains($"Warning: {path} is damaged", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_of_newer_versions_are_kept()
    {
        string path = _folder.Write("clients/kiosk.json", "{\"version\":2,\"name\":\"kiosk\",\"colour\":{\"red\":1}}");
        Client loaded = Assert.Single(_store.LoadClients());
        _store.Save(loaded with { HostName = "door" });
        Assert.Contains("\"colour\"", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Contains("newer Bramble (version 2)", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_power_cut_left_half_written_is_not_read()
    {
        _store.Save(Kiosk);
        _folder.Write("clients/.kiosk.json.0123.tmp", "{\"name\":");
        Assert.Equal("kiosk", Assert.Single(_store.LoadClients()).Name);
        Assert.Equal("", _log.Text);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        _store.Save(Kiosk);
        string path = Path.Combine(_folder.Path, "clients", "kiosk.json");
        File.Delete(path);
        Directory.CreateDirectory(path);
        Assert.ThrowsAny<Exception>(() => _store.Save(Kiosk with { HostName = "door" }));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "clients")));
    }

    public void Dispose() => _folder.Dispose();
}
