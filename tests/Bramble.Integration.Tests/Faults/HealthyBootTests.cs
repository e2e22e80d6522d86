using Bramble.Integration.Tests.Lab;
using Bramble.Integration.Tests.Tftp;
using Xunit;

namespace Bramble.Integration.Tests.Faults;

/// <summary>Boots that need patience but nothing else: no fault is reported.</summary>
[Trait("kind", "integration")]
public sealed class HealthyBootTests
{
    [Fact]
    public void Boots_of_all_models_on_a_cable_that_loses_two_packets_of_a_hundred_have_no_fault() => Boot("3x3b,3x3b+,3x4b,3x5", rounds: 1);

    [Fact]
    [Trait("kind", "long")]
    public void Two_hundred_boots_of_all_models_on_such_a_cable_have_no_fault() => Boot("12x3b,13x3b+,13x4b,12x5", rounds: 4);

    private static void Boot(string boards, int rounds)
    {
        using var box = new BootBox("[dhcp]\nmode = server\n");
        using var cable = new ImpairedLink(box.Segment);
        box.Bramble("image", "add", PiDisk.Make(box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
        box.Start();
        for (int round = 0; round < rounds; round++)
        {
            cable.Impair(seed: 7 + round, loss: 2, duplication: 0, reordering: 0);

            ShellResult storm = box.VirtualPi(
                "storm", "--interface", "pi0", "--boards", boards, "--serial", "40000001", "--within", "5", "--timeout", "110", "--file-timeout", "100", "--real-time",
                "--boot-files", Path.Combine(box.DataFolder, "images/pi/boot"), "--expect", "cmdline.txt", "--summary");

            Assert.True(storm.ExitCode == 0, $"Round {round}: {storm.Error}{storm.Output}\nServer:\n{box.Server.Output}");
            Assert.Empty(FaultScene.CodesIn(box.Server.Output));
        }

        Assert.DoesNotContain("\"fault\"", box.Bramble("status", "--json"), StringComparison.Ordinal);
    }
}
