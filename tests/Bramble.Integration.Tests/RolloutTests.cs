using System.Text.Json;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests;

/// <summary>New images for clients, by the published binary.</summary>
[Trait("kind", "integration")]
public sealed class RolloutTests
{
    [Fact]
    public void A_client_gets_another_image_in_a_rollout_and_what_it_had_when_that_is_stopped()
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n");
        box.Start();
        box.Bramble("client", "add", "kiosk", "--board", "91cdf03d");
        string Current() => new FileInfo(Path.Combine(box.DataFolder, "clients/kiosk/current")).LinkTarget ?? "";
        string Image() => box.Status().GetProperty("clients")[0].GetProperty("image").GetString()!;
        JsonElement Rollout() => RolloutOf(box);
        Wait.Until(() => Current() == "states/1", Wait.Soon, () => box.Server.Output);
        box.Bramble("image", "promote", "kiosk", "pi@2");
        Assert.Equal(1, box.TryBramble("rollout", "start", "nothing").ExitCode);

        box.Bramble("rollout", "start", "pi@2", "kiosk");
        Wait.Until(() => Rollout().GetProperty("clients")[0].GetProperty("phase").GetString() == "changed", Wait.Soon, () => box.Server.Output);
        Assert.Equal(("states/2", "pi@2"), (Current(), Image()));
        ShellResult boot = box.Boot("4b", "91cdf03d", null);
        Assert.True(boot.ExitCode == 0, $"{boot.Output}{boot.Error}\nServer:\n{box.Server.Output}");
        Wait.Until(() => Rollout().GetProperty("clients")[0].GetProperty("phase").GetString() == "booting", Wait.Soon, () => box.Server.Output);
        Assert.Contains("running", box.TryBramble("rollout", "start", "pi@2").Error, StringComparison.Ordinal);

        box.Bramble("rollout", "stop", "--roll-back");
        Wait.Until(() => Rollout().GetProperty("state").GetString() == "rolledBack", Wait.Soon, () => box.Server.Output);
        Assert.Equal(("states/3", "pi"), (Current(), Image()));
    }

    [Fact]
    public void Each_stage_waits_for_its_clients_which_restart_by_themselves_and_keep_what_must_survive()
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n");
        box.Start();
        (string Name, string Serial)[] clients = [("bath", "91cdf031"), ("cellar", "91cdf032"), ("kitchen", "91cdf033")];
        Dictionary<string, RunningSystem> systems = [];
        try
        {
            foreach ((string name, string serial) in clients)
            {
                box.Bramble("client", "add", name, "--board", serial);
                BootUp(name, serial);
            }

            string Root(string client) => Path.Combine(box.DataFolder, "clients", client, "current/root");
            Directory.CreateDirectory(Path.Combine(Root("cellar"), "home/pi"));
            File.WriteAllText(Path.Combine(Root("cellar"), "home/pi/wine"), "12 bottles");
            Directory.CreateDirectory(Path.Combine(Root("cellar"), "var/lib/meter"));
            File.WriteAllText(Path.Combine(Root("cellar"), "var/lib/meter/level"), "3");
            File.WriteAllText(Path.Combine(Root("cellar"), "etc/scratch"), "of no importance");
            box.Bramble("image", "promote", "bath", "pi@2");

            box.Bramble("rollout", "start", "pi@2", "--first", "1", "--then", "all", "--carry", "/home", "--carry", "/var/lib/meter", "--now");
            systems["bath"].WaitForRestart();
            Assert.Equal(["changed", "waiting", "waiting"], Phases(box));
            BootUp("bath", clients[0].Serial);
            Wait.Until(() => Phases(box) is ["up", "changed", "changed"], Wait.Soon, () => box.Server.Output);
            systems["cellar"].WaitForRestart();
            systems["kitchen"].WaitForRestart();
            Assert.False(systems["bath"].HasRestarted);
            BootUp("cellar", clients[1].Serial);
            BootUp("kitchen", clients[2].Serial);
            Wait.Until(() => RolloutOf(box).GetProperty("state").GetString() == "done", Wait.Soon, () => box.Server.Output);

            Assert.Equal("12 bottles", File.ReadAllText(Path.Combine(Root("cellar"), "home/pi/wine")));
            Assert.Equal("3", File.ReadAllText(Path.Combine(Root("cellar"), "var/lib/meter/level")));
            Assert.False(File.Exists(Path.Combine(Root("cellar"), "etc/scratch")));
            Assert.All(box.Status().GetProperty("clients").EnumerateArray(), static client => Assert.Equal("pi@2", client.GetProperty("image").GetString()));

            // The same for one client, by hand.
            Assert.Contains("asked to restart", box.Bramble("client", "reset", "kitchen", "--now"), StringComparison.Ordinal);
            systems["kitchen"].WaitForRestart();
        }
        finally
        {
            foreach (RunningSystem system in systems.Values)
            {
                system.Dispose();
            }
        }

        void BootUp(string name, string serial)
        {
            if (systems.Remove(name, out RunningSystem? old))
            {
                old.Dispose();
            }

            ShellResult boot = box.Boot("4b", serial, null);
            Assert.True(boot.ExitCode == 0, $"{boot.Output}{boot.Error}\nServer:\n{box.Server.Output}");
            systems[name] = new RunningSystem(box, name);
            Wait.Until(
                () => box.Status().GetProperty("clients").EnumerateArray().Any(client => client.GetProperty("name").GetString() == name && client.GetProperty("boot").GetProperty("stage").GetString() == "up"),
                Wait.Soon,
                () => $"{name} is not up.\n{box.Server.Output}");
        }
    }

    [Fact]
    public void A_client_that_does_not_run_is_told_of_and_changed_all_the_same()
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n");
        box.Start();
        box.Bramble("client", "add", "kiosk", "--board", "91cdf03d");
        Wait.Until(() => Directory.Exists(Path.Combine(box.DataFolder, "clients/kiosk/current/root")), Wait.Soon, () => box.Server.Output);

        Assert.Contains("kiosk cannot be reached", box.Bramble("client", "reset", "kiosk", "--now"), StringComparison.Ordinal);
        Assert.Contains("before-reset", box.Bramble("snapshot", "list", "kiosk"), StringComparison.Ordinal);
        ShellResult restart = box.TryBramble("client", "restart", "kiosk");
        Assert.Equal(1, restart.ExitCode);
        Assert.Contains("restart it by hand", restart.Error, StringComparison.Ordinal);
    }

    private static JsonElement RolloutOf(BootBox box) => JsonDocument.Parse(box.Bramble("rollout", "status", "--json")).RootElement;

    private static string[] Phases(BootBox box) => [.. RolloutOf(box).GetProperty("clients").EnumerateArray().Select(static client => client.GetProperty("phase").GetString()!)];
}
