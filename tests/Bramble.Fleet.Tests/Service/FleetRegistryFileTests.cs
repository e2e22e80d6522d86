using Bramble.Fleet.Clients;
using Bramble.Fleet.Tests.Support;
using Bramble.Linux.Net;

namespace Bramble.Fleet.Tests.Service;

public sealed class FleetRegistryFileTests
{
    [Fact]
    public async Task Clients_and_boards_are_the_same_on_another_server_with_secrets_of_its_own()
    {
        await using TestFleet here = await TestFleet.StartAsync();
        await here.BindAsync(TestFleet.Pi4);
        Assert.True(Ipv4Address.TryParse("192.168.7.50", out Ipv4Address address));
        here.Fleet.AddClient(new Client { Name = "kiosk", Address = address, HostName = "lobby", Tags = ["kitchen"], CommandLine = ["quiet"], ConfigLines = ["gpu_mem=16"] });
        string json = here.Fleet.ExportRegistry();
        Assert.All(here.Fleet.ListClients(), client => Assert.DoesNotContain(client.BeaconToken, json, StringComparison.Ordinal));
        await using TestFleet there = await TestFleet.StartAsync();

        Assert.Empty(there.Fleet.ImportRegistry(json));

        Assert.Equal(here.Fleet.ListBoards(), there.Fleet.ListBoards());
        Assert.Equal(Shown(here), Shown(there));
        Assert.All(there.Fleet.ListClients(), static client => Assert.Equal(32, client.BeaconToken.Length));

        // What is there stays as it is.
        there.Fleet.UpdateClient("kiosk", static client => client with { HostName = "foyer" });
        Assert.Equal(2, there.Fleet.ImportRegistry(json).Count);
        Assert.Equal("foyer", there.Fleet.FindClient("kiosk")!.HostName);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"version\":2}")]
    [InlineData("{\"clients\":[{}]}")]
    public async Task What_is_no_registry_is_refused(string json)
    {
        await using TestFleet t = await TestFleet.StartAsync();
        Assert.Throws<FleetException>(() => t.Fleet.ImportRegistry(json));
        Assert.Empty(t.Fleet.ListClients());
    }

    private static IEnumerable<string> Shown(TestFleet t) =>
        t.Fleet.ListClients().Select(static c => $"{c.Name} {c.Board} {c.Address} {c.HostName} {c.RootKind} {c.Image} {string.Join(',', c.Tags)} {string.Join(',', c.CommandLine)} {string.Join(',', c.ConfigLines)} {c.Created:O}");
}
