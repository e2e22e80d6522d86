using System.Text.Json;
using Bramble.Dhcp.Boards;
using Bramble.Dhcp.Policy;
using Bramble.Fleet.Clients;
using Bramble.Fleet.Status;
using Bramble.Fleet.Tests.Support;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Tests.Service;

public class FleetStateTests
{
    [Fact]
    public async Task The_token_is_on_disk_before_storage_hears_of_it()
    {
        using var folder = new TempFolder();
        await using TestFleet t = await TestFleet.StartAsync(folder: folder);
        var gate = new TaskCompletionSource();
        t.Storage.PrepareGate = gate.Task;
        t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware);
        await TestFleet.Eventually(() => t.Storage.Prepared.Count == 1);
        Assert.Contains(t.Storage.Prepared[0].BeaconToken, File.ReadAllText(Path.Combine(folder.Path, "state", "clients", "pi-91cdf03d.json")), StringComparison.Ordinal);
        gate.SetResult();
    }

    [Fact]
    public async Task A_client_that_enrolled_is_known_by_its_MAC_after_a_crash()
    {
        using var folder = new TempFolder();
        await using TestFleet first = await TestFleet.StartAsync(folder: folder);
        await first.ServeAsync(TestFleet.Pi4);

        // The first is not stopped: it writes nothing more.
        await using TestFleet second = await TestFleet.StartAsync(folder: folder);

        BoardIdentity system = TestFleet.Board("e4:5f:01:09:02:f7", PiFamily.None, null, null, PiModel.Unknown);
        Assert.Equal("pi-91cdf03d", second.Fleet.Decide(system, ClientStage.OperatingSystem).HostName);
    }

    [Fact]
    public async Task Clients_boards_and_boots_survive_a_restart()
    {
        using var folder = new TempFolder();
        string before;
        await using (TestFleet first = await TestFleet.StartAsync(folder: folder))
        {
            await first.BindAsync(TestFleet.Pi4);
            before = JsonSerializer.Serialize(first.Client("pi-91cdf03d"), FleetJson.Default.ClientStatus);
        }

        await using TestFleet second = await TestFleet.StartAsync(folder: folder);
        Assert.Equal(before, JsonSerializer.Serialize(second.Client("pi-91cdf03d"), FleetJson.Default.ClientStatus));
    }

    [Fact]
    public async Task A_board_that_said_its_serial_leaves_no_file_of_its_old_name()
    {
        using var folder = new TempFolder();
        await using TestFleet t = await TestFleet.StartAsync(folder: folder);
        t.Dhcp(DhcpEventKind.Discover, TestFleet.Pi3Rom);
        t.Fleet.Flush();
        Assert.Equal(["b8-27-eb-07-bc-c6.json"], Names(folder, "boards"));
        t.Dhcp(DhcpEventKind.Discover, TestFleet.Pi3);
        t.Fleet.Flush();
        Assert.Equal(["8b07bcc6.json"], Names(folder, "boards"));
        Assert.Equal(["8b07bcc6.json"], Names(folder, "history"));
    }

    [Fact]
    public async Task Two_files_that_claim_one_board_do_not_keep_the_server_from_starting()
    {
        using var folder = new TempFolder();
        folder.Write("state/clients/a.json", "{\"version\":1,\"name\":\"a\",\"board\":\"91cdf03d\"}");
        folder.Write("state/clients/b.json", "{\"version\":1,\"name\":\"b\",\"board\":\"91cdf03d\"}");
        await using TestFleet t = await TestFleet.StartAsync(folder: folder);
        Assert.Equal(["91cdf03d", null], t.Fleet.ListClients().Select(c => c.Board?.ToString()));
        Assert.Contains("Client b was loaded without board", t.Log.Text, StringComparison.Ordinal);
        Assert.All(t.Fleet.ListClients(), c => Assert.Equal(32, c.BeaconToken.Length));
    }

    [Fact]
    public async Task A_client_of_the_same_name_is_refused_and_nothing_is_written()
    {
        using var folder = new TempFolder();
        await using TestFleet t = await TestFleet.StartAsync(folder: folder);
        t.Fleet.AddClient(new Client { Name = "kiosk", HostName = "first" });
        Assert.Throws<FleetException>(() => t.Fleet.AddClient(new Client { Name = "kiosk", HostName = "second" }));
        Assert.Contains("first", File.ReadAllText(Path.Combine(folder.Path, "state", "clients", "kiosk.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    [InlineData("")]
    public async Task Words_that_are_not_words_are_refused(string word)
    {
        await using TestFleet t = await TestFleet.StartAsync();
        Assert.Throws<FleetException>(() => t.Fleet.AddClient(new Client { Name = "kiosk", CommandLine = [word] }));
        Assert.Throws<FleetException>(() => t.Fleet.AddClient(new Client { Name = "kiosk", ConfigLines = ["a=1\nb=2"] }));
        Assert.Empty(t.Fleet.ListClients());
    }

    [Fact]
    public async Task A_changed_image_is_prepared_at_the_next_boot()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.ServeAsync(TestFleet.Pi4);
        t.Storage.AddImage("forky", day: 2);
        t.Fleet.UpdateClient("pi-91cdf03d", c => c with { Image = "forky", Name = "other", BeaconToken = "" });
        Assert.Equal(BootDisposition.Wait, t.Fleet.Decide(TestFleet.Pi4, ClientStage.Firmware).Disposition);
        await t.ServeAsync(TestFleet.Pi4);
        Assert.Equal(["trixie", "forky"], t.Storage.Prepared.Select(p => p.Image));
        Assert.Equal(t.Storage.Prepared[0].BeaconToken, t.Storage.Prepared[1].BeaconToken);
    }

    [Fact]
    public async Task New_clients_get_the_newest_image_and_keep_it()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        t.Storage.AddImage("forky", day: 2);
        await t.ServeAsync(TestFleet.Pi4);
        Assert.Equal("forky", t.Client("pi-91cdf03d").Image);
        t.Storage.AddImage("duke", day: 3);
        await t.Fleet.RefreshImagesAsync(CancellationToken.None);
        Assert.Equal("forky", (await t.ServeAsync(TestFleet.Pi4)).Image);
    }

    [Fact]
    public async Task Forged_boards_push_out_each_other_but_no_client()
    {
        await using TestFleet t = await TestFleet.StartAsync(o => o with { MaxBoards = 20, MaxEnrolled = 1 });
        await t.ServeAsync(TestFleet.Pi4);
        for (uint i = 0; i < 100; i++)
        {
            t.Time.Advance(1);
            BoardIdentity forged = TestFleet.Pi4 with { Mac = new MacAddress(0xdca632000000UL + i), Serial = new BoardSerial(i) };
            Assert.Equal(BootDisposition.Ignore, t.Fleet.Decide(forged, ClientStage.Firmware).Disposition);
            t.Dhcp(DhcpEventKind.Discover, forged);
        }

        FleetStatus status = t.Fleet.GetStatus();
        Assert.Single(status.Clients);
        Assert.InRange(status.Unassigned.Count, 18, 19);
        Assert.Equal("BR106", status.Unassigned[0].Fault?.Code);
    }

    [Fact]
    public async Task The_json_of_the_status_is_the_stable_one()
    {
        await using TestFleet t = await TestFleet.StartAsync();
        await t.BindAsync(TestFleet.Pi4);
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(t.Fleet.GetStatus(), FleetJson.Default.FleetStatus));
        Assert.Equal(1, json.RootElement.GetProperty("schema").GetInt32());
        Assert.Equal("server", json.RootElement.GetProperty("server").GetProperty("mode").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("counts").GetProperty("booting").GetInt32());
        JsonElement client = json.RootElement.GetProperty("clients")[0];
        Assert.Equal("pi-91cdf03d", client.GetProperty("name").GetString());
        Assert.Equal("bound", client.GetProperty("boot").GetProperty("stage").GetString());
        Assert.Equal(0, client.GetProperty("boot").GetProperty("stages").GetProperty("discover").GetDouble());
    }

    private static IEnumerable<string?> Names(TempFolder folder, string name) =>
        Directory.EnumerateFiles(Path.Combine(folder.Path, "state", name)).Select(Path.GetFileName);
}
