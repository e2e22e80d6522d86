using Bramble.Integration.Tests.Lab;
using Bramble.Integration.Tests.Tftp;
using Xunit;

namespace Bramble.Integration.Tests.Faults;

/// <summary>Boots that need patience but nothing else: no fault is told.</summary>
[Trait("kind", "integration")]
public sealed class HealthyBootTests
{
    private const int Rounds = 4;

    [Fact]
    public void Two_hundred_boots_of_all_models_on_a_cable_that_loses_two_packets_of_a_hundred_have_no_fault()
    {
        using var box = new BootBox("[dhcp]\nmode = server\n");
        using var cable = new ImpairedLink(box.Segment);
        box.Bramble("image", "add", PiDisk.Make(box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
        box.Start();
        for (int round = 0; round < Rounds; round++)
        {
            cable.Impair(seed: 7 + round, loss: 2, duplication: 0, reordering: 0);

            ShellResult storm = box.VirtualPi(
                "storm", "--interface", "pi0", "--boards", "12x3b,13x3b+,13x4b,12x5", "--serial", "40000001", "--within", "5", "--timeout", "110", "--file-timeout", "100",
                "--boot-files", Path.Combine(box.DataFolder, "images/pi/boot"), "--expect", "cmdline.txt", "--summary");

            Assert.True(storm.ExitCode == 0, $"Round {round}: {storm.Error}{storm.Output}");
            Assert.Empty(FaultScene.CodesIn(box.Server.Output));
        }

        Assert.DoesNotContain("\"fault\"", box.Bramble("status", "--json"), StringComparison.Ordinal);
    }
}
