using System.Text.Json;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests;

/// <summary>A whole box in a folder, and out of it on another one.</summary>
[Trait("kind", "integration")]
public sealed class BoxTests
{
    private const string Serial = "91cdf03d";

    [Fact]
    public void A_whole_box_is_brought_to_another_one()
    {
        using BootBox here = BootBox.WithImage("[dhcp]\nmode = server\n");
        here.Start();
        here.Bramble("client", "add", "kiosk", "--board", Serial, "--address", "10.77.0.9");
        here.Bramble("client", "add", "screen");
        here.Bramble("client", "add", "guest", "--root", "nfs://10.77.0.200/srv/guest");
        string Boot(BootBox box) => Path.Combine(box.DataFolder, "clients/kiosk/current/boot");
        Wait.Until(() => RootStates(here) is ["ready", "ready", "ready"], Wait.Soon, () => here.Server.Output);
        File.AppendAllText(Path.Combine(Boot(here), "config.txt"), "# mine\n");
        using var there = new BootBox("[dhcp]\nmode = server\n");
        there.Start();
        string folder = Path.Combine(here.Folder, "box");

        here.Bramble("export", folder, "--config", here.ConfigFile);
        Assert.Contains("not empty", here.TryBramble("export", folder, "--config", here.ConfigFile).Error, StringComparison.Ordinal);
        Assert.Equal(["bramble.conf", "clients", "clients/kiosk.bramble", "clients/screen.bramble", "images", "images/pi.bramble", "registry.json"],
            Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal));
        string token = JsonDocument.Parse(File.ReadAllText(Path.Combine(here.Folder, "state/clients/kiosk.json"))).RootElement.GetProperty("beaconToken").GetString()!;
        Assert.DoesNotContain(token, File.ReadAllText(Path.Combine(folder, "registry.json")), StringComparison.Ordinal);
        there.Bramble("import", folder);

        Assert.Contains("# mine", File.ReadAllText(Path.Combine(Boot(there), "config.txt")), StringComparison.Ordinal);
        Wait.Until(() => RootStates(there) is ["ready", "ready", "ready"], Wait.Soon, () => there.Server.Output);
        Assert.Equal(Clients(here), Clients(there));
        Assert.Contains("All is well", there.Bramble("doctor", "storage"), StringComparison.Ordinal);
        ShellResult boot = there.VirtualPi("--model", "4b", "--serial", Serial, "--interface", "pi0");
        Assert.True(boot.ExitCode == 0, $"{boot.Output}{boot.Error}\nServer:\n{there.Server.Output}");
        Assert.Contains("10.77.0.9", boot.Output, StringComparison.Ordinal);

        // Once more: what is there stays, and is told.
        ShellResult again = there.TryBramble("import", folder);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("6 were not brought in", again.Error, StringComparison.Ordinal);
        Assert.Equal(Clients(here), Clients(there));
    }

    [Fact]
    public void A_registry_alone_is_a_small_folder_and_a_broken_one_is_refused()
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n");
        box.Start();
        box.Bramble("client", "add", "kiosk", "--board", Serial);
        string folder = Path.Combine(box.Folder, "registry");

        box.Bramble("export", folder, "--registry-only", "--config", box.ConfigFile);
        Assert.Equal(["bramble.conf", "registry.json"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        box.Bramble("client", "remove", "kiosk");
        box.Bramble("import", folder);
        Assert.Equal(["kiosk 91cdf03d  pi nfs"], Clients(box));

        foreach (string wrong in new[] { "", "[]", "{\"version\":9}", "{\"clients\":[{\"name\":\"../x\"}]}" })
        {
            File.WriteAllText(Path.Combine(folder, "registry.json"), wrong);
            Assert.Equal(1, box.TryBramble("import", folder).ExitCode);
        }

        File.Delete(Path.Combine(folder, "registry.json"));
        Assert.Contains("bramble export", box.TryBramble("import", folder).Error, StringComparison.Ordinal);
        Assert.Equal(["kiosk 91cdf03d  pi nfs"], Clients(box));
    }

    private static string[] RootStates(BootBox box) => [.. All(box).Select(static client => client.GetProperty("rootState").GetString()!)];

    private static string[] Clients(BootBox box) => [.. All(box).Select(static client => $"{Field(client, "name")} {Field(client, "board")} {(Field(client, "name") == "kiosk" && Field(client, "address") == "10.77.0.9" ? "10.77.0.9" : "")} {Field(client, "image")} {Field(client, "root")}")];

    private static IEnumerable<JsonElement> All(BootBox box) => box.Status().GetProperty("clients").EnumerateArray();

    private static string Field(JsonElement client, string name) => client.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";
}
