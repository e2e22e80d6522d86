using Bramble.Storage.Targets;
using Xunit;

namespace Bramble.Storage.Tests.Targets;

public sealed class TargetsTextTests
{
    // As tgtadm 1.0.85 prints it.
    private const string Shown = """
        Target 1: iqn.2026-01.org.bramble:pi-1
            System information:
                Driver: iscsi
                State: ready
            I_T nexus information:
                I_T nexus: 2
                    Initiator: iqn.2026-01.org.bramble.client:pi-1 alias: none
                    Connection: 0
                        IP Address: 10.0.0.1
            LUN information:
                LUN: 0
                    Type: controller
                    SCSI ID: IET     00010000
                    Backing store path: None
                    Backing store flags: 
                LUN: 1
                    Type: disk
                    SCSI ID: IET     00010001
                    Backing store path: /srv/bramble/clients/pi-1/disk.img
                    Backing store flags: 
            Account information:
                pi-1
            ACL information:
                10.0.0.1
        Target 7: iqn.2026-01.org.bramble:pi-2
            System information:
                Driver: iscsi
                State: ready
            I_T nexus information:
            LUN information:
                LUN: 0
                    Backing store path: None
            Account information:
            ACL information:
                ALL
                iqn.x

        """;

    [Fact]
    public void What_tgtd_shows_is_read()
    {
        IReadOnlyList<TargetState> targets = TargetStateText.Parse(Shown);
        Assert.Equal(2, targets.Count);
        Assert.Equal((1, "iqn.2026-01.org.bramble:pi-1", true), (targets[0].Id, targets[0].Name, targets[0].IsInUse));
        Assert.Equal(["/srv/bramble/clients/pi-1/disk.img"], targets[0].Disks);
        Assert.Equal(["pi-1"], targets[0].Accounts);
        Assert.Equal(["10.0.0.1"], targets[0].Rules);
        Assert.Equal((7, false), (targets[1].Id, targets[1].IsInUse));
        Assert.Empty(targets[1].Disks);
        Assert.Empty(targets[1].Accounts);
        Assert.Equal(["ALL", "iqn.x"], targets[1].Rules);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Target x: y\n  a:\n")]
    [InlineData("    ACL information:\n        ALL\n")]
    [InlineData("\0\u00ff\nTarget\nTarget 1\n")]
    [InlineData("Target 99999999999999999999: x\n")]
    public void Bad_bytes_give_no_targets(string text) => Assert.Empty(TargetStateText.Parse(text));

    [Theory]
    [InlineData("RedirectAddress=10.0.0.1\nRedirectPort=1\nRedirectReason=Temporary\n", "10.0.0.1")]
    [InlineData("MaxRecvDataSegmentLength=8192\nRedirectAddress=\nRedirectPort=\n", "")]
    [InlineData("", "")]
    [InlineData("\0RedirectAddress", "")]
    public void Where_a_target_sends_others_is_read(string text, string address) => Assert.Equal(address, TargetStateText.ParseRedirect(text));

    [Fact]
    public void The_drop_in_names_address_and_secret_and_no_initiator()
    {
        string text = TargetsText.Write([new IscsiTarget("iqn.2026-01.org.bramble:pi-1", "/d/disk.img", "iqn.2026-01.org.bramble.client:pi-1", "10.0.0.1", "pi-1", "abcdefgh12345678", "0123")]);
        Assert.Contains("<target iqn.2026-01.org.bramble:pi-1>\n", text, StringComparison.Ordinal);
        Assert.Contains("    initiator-address 10.0.0.1\n    incominguser pi-1 abcdefgh12345678\n</target>\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("initiator-name", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_does_not_print_its_secret() =>
        Assert.DoesNotContain("abcdefgh", new IscsiTarget("iqn", "/d", "iqn.c", "10.0.0.1", "u", "abcdefgh12345678", "0").ToString(), StringComparison.Ordinal);
}
