using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

[Trait("kind", "vm")]
public sealed class UpgradeTests(RunningBox first) : IClassFixture<RunningBox>
{
    private Box Box => first.Box;

    [Fact]
    public void An_upgrade_is_kept_when_it_serves_and_falls_back_by_itself_when_it_does_not()
    {
        string folder = first.Disk.Folder;
        using var web = new RunningProgram("ip", first.Network.In("busybox", "httpd", "-f", "-p", "192.168.77.9:8000", "-h", folder));
        Box.Ssh("bramble client add remembered --board 0badcafe");
        var upgrade = new UpgradeFile(folder);

        // Signed by somebody else, and damaged: nothing happens.
        string strange = Path.Combine(folder, "strange.key");
        Shell.Run("minisign", "-G", "-W", "-s", strange, "-p", strange + ".pub");
        upgrade.Pack("0.0.1", strange);
        ShellResult refused = Box.TrySsh("bramble upgrade http://192.168.77.9:8000/0.0.1.upgrade");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("not signed with a key that this box trusts", refused.Error, StringComparison.Ordinal);
        refused = Box.TrySsh("bramble upgrade http://192.168.77.9:8000/none.upgrade");
        Assert.Contains("404", refused.Error, StringComparison.Ordinal);

        // A second build.
        upgrade.AddToSystem("second-build", "yes\n");
        upgrade.Pack("0.0.2");
        Box.Restart("bramble upgrade http://192.168.77.9:8000/0.0.2.upgrade");
        Assert.Equal("yes", Box.Ssh("cat /second-build").Trim());
        Wait.Until(
            () => !Box.Ssh("bramble upgrade").Contains("on trial", StringComparison.Ordinal),
            Box.Start,
            () => $"It is not kept:\n{Box.Ssh("systemctl --no-pager status bramble-boot-ok; ls /boot/loader/entries")}");
        Assert.Contains("from system b.", Box.Ssh("bramble upgrade"), StringComparison.Ordinal);
        Assert.Contains("remembered", Box.Ssh("bramble status"), StringComparison.Ordinal);

        // One whose boot server does not start: back to the second build, which says so.
        upgrade.AddToCommandLine("systemd.mask=bramble.service");
        upgrade.Pack("0.0.3");
        Box.Restart("bramble upgrade http://192.168.77.9:8000/0.0.3.upgrade", starts: 2);
        Assert.Contains("from system b.", Box.Ssh("bramble upgrade"), StringComparison.Ordinal);
        Assert.Contains("BR505", Box.Ssh("bramble status --json"), StringComparison.Ordinal);
        Assert.Contains("remembered", Box.Ssh("bramble status"), StringComparison.Ordinal);
        Assert.Equal("", Box.Ssh("systemctl --failed --no-legend --plain").Trim());
    }
}
