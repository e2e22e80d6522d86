using System.Text.Json;
using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <summary>A classroom of three Raspberry Pis with real kernels: the story of scripts/demo --story.</summary>
[Trait("kind", "long")]
public sealed class StoryTests(RunningBox running) : IClassFixture<RunningBox>
{
    private readonly ITestOutputHelper _output = TestContext.Current.TestOutputHelper!;

    private Box Box => running.Box;

    [Fact]
    public void Three_Pis_from_one_image_a_rollback_a_rollout_and_one_that_is_taken_back()
    {
        // What Raspberry Pi Imager does: a key for the maintainer.
        Box.Ssh("install -D -m 600 /run/bramble-config/authorized_keys /srv/bramble/images/raspios-shaped/root/root/.ssh/authorized_keys");
        Show("client add kitchen --board 8a1b2c3d --root nfs");
        Show("client add hall --board 5e6f7a8b --root overlay");
        Show("client add workshop --board 1c2d3e4f --root iscsi");
        using PluggedInPi kitchen = PlugIn("kitchen", "8a1b2c3d", "pi1");
        using PluggedInPi hall = PlugIn("hall", "5e6f7a8b", "pi2");
        using PluggedInPi workshop = PlugIn("workshop", "1c2d3e4f", "pi3");
        PluggedInPi[] all = [kitchen, hall, workshop];
        Show("status");
        RollBack(kitchen);
        RollOut(kitchen, all);
        TakeBack(kitchen);
        Show("status");
        Show("doctor storage");
        Assert.InRange(Box.PeakMemory(), 1, BoxShell.MemoryBudget);
    }

    private PluggedInPi PlugIn(string client, string serial, string card)
    {
        _output.WriteLine($"plugging in {client}, a Raspberry Pi 4");
        var pi = new PluggedInPi(running.Network, Box, running.Disk.Folder, client, serial, card);
        pi.WaitUntilUp(after: 0);
        Assert.Equal("1", Edition(pi));
        return pi;
    }

    private void RollBack(PluggedInPi kitchen)
    {
        kitchen.Ssh("mkdir -p /home/pi && echo 'two onions' >/home/pi/recipe && sync");
        Show("snapshot create kitchen good");
        _output.WriteLine("on the Pi of kitchen: rm -rf /usr/lib/systemd, and a restart");
        kitchen.TrySsh("rm -rf /usr/lib/systemd 2>/dev/null; sync; (sleep 1; echo b >/proc/sysrq-trigger) >/dev/null 2>&1 &");
        _output.WriteLine("it does not start: " + kitchen.WaitUntilBroken());
        (int boot, _, _) = kitchen.LastBoot();
        Show("rollback kitchen good");
        _output.WriteLine("its plug is pulled, and put back");
        kitchen.PullPlug();
        kitchen.WaitUntilUp(after: boot);
        Assert.Equal("two onions", kitchen.Ssh("cat /home/pi/recipe"));
    }

    private void RollOut(PluggedInPi kitchen, PluggedInPi[] all)
    {
        kitchen.Ssh("echo 2 >/etc/edition && echo 'three onions' >/home/pi/recipe && sync");
        Show("image promote kitchen raspios-shaped@2");
        Show("rollout start raspios-shaped@2 kitchen hall workshop --first 1 --then all --within 20 --now");
        WaitForRollout("done", TimeSpan.FromMinutes(25));
        Show("rollout status");
        foreach (PluggedInPi pi in all)
        {
            // Also the same machine as before, by its SSH host key.
            Assert.Equal("2", Edition(pi));
        }

        Assert.Equal("three onions", kitchen.Ssh("cat /home/pi/recipe"));
    }

    private void TakeBack(PluggedInPi kitchen)
    {
        _output.WriteLine("version 3 has no systemd; it goes to one Pi first");
        Box.Ssh("""
            btrfs -q subvolume snapshot /srv/bramble/images/raspios-shaped@2 /srv/bramble/images/raspios-shaped@3 >/dev/null &&
            cd /srv/bramble/images/raspios-shaped@3 && rm -rf root/usr/lib/systemd disk.img &&
            sed -i 's/raspios-shaped@2/raspios-shaped@3/g' image.json
            """);
        Show("rollout start raspios-shaped@3 kitchen hall workshop --first 1 --then all --within 2 --now");
        string phases = WaitForRollout("rolledBack", TimeSpan.FromMinutes(15));
        Show("rollout status");

        // The other two were never touched.
        Assert.Contains("hall: waiting", phases, StringComparison.Ordinal);
        Assert.Contains("workshop: waiting", phases, StringComparison.Ordinal);
        (int boot, _, _) = kitchen.LastBoot();
        kitchen.PullPlug();
        kitchen.WaitUntilUp(after: boot - 1);
        Assert.Equal("2", Edition(kitchen));
    }

    /// <summary>Waits until the rollout has a state; returns each client's phase then.</summary>
    private string WaitForRollout(string state, TimeSpan most)
    {
        string phases = "";
        Wait.Until(
            () =>
            {
                Thread.Sleep(2000);
                using var status = JsonDocument.Parse(Box.Ssh("bramble rollout status --json"));
                string now = string.Join(", ", status.RootElement.GetProperty("clients").EnumerateArray().Select(
                    static c => $"{c.GetProperty("name").GetString()}: {c.GetProperty("phase").GetString()}"));
                if (now != phases)
                {
                    _output.WriteLine("rollout: " + now);
                    phases = now;
                }

                string actual = status.RootElement.GetProperty("state").GetString()!;
                Assert.True(
                    actual == state || actual is "running" or "rollingBack", $"The rollout is {actual}: {status.RootElement.GetRawText()}");
                return actual == state;
            },
            most, () => $"The rollout is not {state}: {phases}");
        return phases;
    }

    private static string Edition(PluggedInPi pi) => pi.Ssh("cat /etc/edition 2>/dev/null || echo 1");

    /// <summary>Runs bramble on the box and shows what it prints.</summary>
    private void Show(string command) => _output.WriteLine($"# bramble {command}\n{Box.Ssh("bramble " + command).TrimEnd()}");
}
