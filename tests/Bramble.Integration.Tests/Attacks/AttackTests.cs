using System.Text.Json;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Attacks;

/// <summary>Attacks on a running client with real packets, against the published binary.</summary>
[Trait("kind", "integration")]
public sealed class AttackTests
{
    private const string Serial = "91cdf03d";
    private const string Client = "pi-" + Serial;

    /// <summary>A board that is refused asks every few seconds for a while.</summary>
    private const string Refused = "12";

    [Theory]
    [InlineData("open")]
    [InlineData("list")]
    public void A_stranger_with_the_serial_of_a_running_client_gets_nothing(string enrol)
    {
        using BootBox box = Start($"[clients]\nenrol = {enrol}\n");
        box.Bramble("client", "add", Client, "--board", Serial);
        (string mac, string address) = Boot(box);
        using var system = new RunningSystem(box, Client);
        box.Server.WaitForOutput("reached Up", Wait.Soon);
        string exports = Exports(box);
        Assert.Contains(address, exports, StringComparison.Ordinal);

        using (var stranger = new Stranger(box.Segment))
        {
            stranger.Discover(0x91cdf03d, Stranger.Mac);
        }

        ShellResult theft = box.VirtualPi("--model", "4b", "--serial", Serial, "--mac", Stranger.Mac, "--interface", "pi0", "--timeout", Refused);
        Assert.NotEqual(0, theft.ExitCode);
        Assert.DoesNotContain("\"bound\"", theft.Output, StringComparison.Ordinal);

        box.Server.WaitForOutput("BR115", Wait.Soon);
        JsonElement client = ClientOf(box, Client);
        Assert.Equal(("up", mac, address), (Text(client, "state"), Text(client, "mac"), Text(client, "address")));
        Assert.Equal("BR115", Text(client.GetProperty("fault"), "code"));
        Assert.Equal(exports, Exports(box));
        string why = box.Bramble("why", Client);
        Assert.Contains("was given nothing", Unwrapped(why), StringComparison.Ordinal);

        ShellResult approval = box.TryBramble("client", "approve", Client);
        Assert.Equal(1, approval.ExitCode);
        Assert.Contains("runs on its board", Unwrapped(approval.Error), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stranger_with_the_mac_of_a_client_makes_no_client_and_closes_no_root()
    {
        using BootBox box = Start();
        (string mac, _) = Boot(box);
        string exports = Exports(box);

        ShellResult theft = box.VirtualPi("--model", "4b", "--serial", "00000bad", "--mac", mac, "--interface", "pi0", "--timeout", Refused);

        Assert.NotEqual(0, theft.ExitCode);
        box.Server.WaitForOutput("BR115", Wait.Soon);
        Assert.Equal(Client, Text(Assert.Single(box.Status().GetProperty("clients").EnumerateArray()), "name"));
        Assert.Equal(exports, Exports(box));
    }

    [Fact]
    public void A_discover_alone_opens_nothing()
    {
        using BootBox box = Start();
        box.Bramble("client", "add", "target", "--board", "00000bad");
        Wait.Until(() => Text(ClientOf(box, "target"), "rootState") == "ready", Wait.Soon, () => box.Server.Output);
        using (var stranger = new Stranger(box.Segment))
        {
            stranger.Discover(0x00000bad, Stranger.Mac);
        }

        box.Server.WaitForOutput("target: boot 1 reached Offered", Wait.Soon);

        // Roots are opened one after the other: that of the stranger would have been opened before.
        (_, string address) = Boot(box);
        string[] open = [.. Exports(box).Split('\n').Where(static line => line.StartsWith('"') || line.StartsWith('/'))];
        Assert.NotEmpty(open);
        Assert.All(open, line => Assert.Contains(address, line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_board_boots_when_a_person_approves()
    {
        using BootBox box = Start();
        Boot(box);
        string[] changed = ["--mac", "02:00:00:00:00:77"];
        Assert.NotEqual(0, box.VirtualPi(["--model", "4b", "--serial", Serial, "--interface", "pi0", "--timeout", Refused, .. changed]).ExitCode);

        Assert.Contains("Approved", box.Bramble("client", "approve", Client), StringComparison.Ordinal);

        ShellResult boot = box.Boot("4b", Serial, null, changed);
        Assert.True(boot.ExitCode == 0, $"{boot.Output}{boot.Error}\nServer:\n{box.Server.Output}");
        JsonElement client = ClientOf(box, Client);
        Assert.Equal("02:00:00:00:00:77", Text(client, "mac"));
        Wait.Until(() => Exports(box).Contains(Text(client, "address"), StringComparison.Ordinal), Wait.Soon, () => box.Server.Output);

        // The old one is the stranger now, also for a server that starts anew.
        box.Start();
        Assert.NotEqual(0, box.VirtualPi("--model", "4b", "--serial", Serial, "--interface", "pi0", "--timeout", Refused).ExitCode);
    }

    [Fact]
    public void Forged_declines_and_releases_take_no_address()
    {
        using BootBox box = Start();
        (string mac, string address) = Boot(box);
        using (var stranger = new Stranger(box.Segment))
        {
            stranger.Decline(mac, address);
            stranger.Release(mac, address);
        }

        Wait.Until(() => Count(box, "dropped", "forgedSender") == 2, Wait.Soon, () => box.Bramble("status", "--json") + box.Server.Output);
        Assert.Equal(address, Boot(box).Address);

        // The switch must prevent that somebody uses the client's own Ethernet address; for this server that is the client.
        using var twin = new Stranger(box.Segment);
        twin.Release(mac, address, from: mac);
        Wait.Until(() => Count(box, "messages", "release") == 1, Wait.Soon, () => box.Bramble("status", "--json"));
        Assert.Equal(2, Count(box, "dropped", "forgedSender"));
    }

    [Fact]
    public void A_root_that_another_client_displaced_is_opened_again()
    {
        using BootBox box = Start();
        box.Bramble("client", "add", "a", "--board", Serial);
        (_, string address) = Boot(box, "a");
        box.Bramble("client", "replace", "a", "00000007");
        box.Bramble("client", "add", "b", "--board", Serial);
        Boot(box, "b");
        box.Bramble("client", "remove", "b");
        Wait.Until(() => !Exports(box).Contains(address, StringComparison.Ordinal), Wait.Soon, () => Exports(box));
        box.Bramble("client", "replace", "a", Serial);

        Assert.Equal(address, Boot(box, "a").Address);

        Assert.Contains("clients/a/", Exports(box), StringComparison.Ordinal);
    }

    [Fact]
    public void An_up_beacon_counts_from_the_clients_own_board_only()
    {
        using BootBox box = Start();
        Boot(box);
        using var bridge = new Switch(box.Segment);
        Station stranger = bridge.Plug("stranger", Stranger.Mac, "10.77.0.66/24");
        string token = JsonDocument.Parse(File.ReadAllText(Path.Combine(box.Folder, "state", "clients", Client + ".json"))).RootElement.GetProperty("beaconToken").GetString()!;

        stranger.TryRun("bash", "-c", $"echo 'bramble-up 1 {Client} {token} 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0' > /dev/udp/10.77.0.1/{BeaconPort(box)}").Expect(0);

        box.Server.WaitForOutput("has the right token and came from 10.77.0.66", Wait.Soon);
        Assert.NotEqual("up", Text(ClientOf(box, Client), "state"));
    }

    private static BootBox Start(string config = "")
    {
        BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n" + config);
        box.Start();
        return box;
    }

    /// <summary>Boots the client's own board up to its kernel, and waits until its root is open to its address.</summary>
    private static (string Mac, string Address) Boot(BootBox box, string name = Client)
    {
        ShellResult boot = box.Boot("4b", Serial, null);
        Assert.True(boot.ExitCode == 0, $"{boot.Output}{boot.Error}\nServer:\n{box.Server.Output}");
        JsonElement client = ClientOf(box, name);
        string address = Text(client, "address");
        Wait.Until(
            () => Exports(box).Split('\n').Any(line => line.Contains($"clients/{name}/", StringComparison.Ordinal) && line.Contains(address, StringComparison.Ordinal)),
            Wait.Soon, () => $"The root of {name} is not open to {address}.\n{Exports(box)}\nServer:\n{box.Server.Output}");
        return (Text(client, "mac"), address);
    }

    private static string Exports(BootBox box) => File.Exists(box.Folder + "/bramble.exports") ? File.ReadAllText(box.Folder + "/bramble.exports") : "";

    private static JsonElement ClientOf(BootBox box, string name) => box.Status().GetProperty("clients").EnumerateArray().Single(c => Text(c, "name") == name);

    private static long Count(BootBox box, string kind, string what) =>
        box.Status().GetProperty("dhcp").GetProperty(kind).TryGetProperty(what, out JsonElement count) ? count.GetInt64() : 0;

    private static string BeaconPort(BootBox box) => File.ReadLines(Path.Combine(box.DataFolder, "clients", Client, "current/root/etc/bramble/beacon.conf"))
        .Single(static line => line.StartsWith("PORT=", StringComparison.Ordinal))["PORT='".Length..^1];

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;

    private static string Unwrapped(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
