using System.Text.Json;
using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

/// <content>What only a whole system can show of the fleet: a real journal, a real firewall, a service that systemd runs.</content>
public sealed partial class FirstStartTests
{
    [Fact]
    public void Each_entry_of_the_journal_has_its_number_and_its_values_as_fields()
    {
        using var entry = JsonDocument.Parse(Box.Ssh("journalctl --boot --output=json --lines=1 _SYSTEMD_UNIT=bramble.service BRAMBLE_EVENT=5201"));
        string Field(string name) => entry.RootElement.GetProperty(name).GetString()!;
        Assert.StartsWith("serve: Serving on ", Field("MESSAGE"), StringComparison.Ordinal);
        Assert.Equal("b3a9b1e05eed4f1c0000000000001451", Field("MESSAGE_ID"));
        Assert.Contains("192.168.77.1", Field("BRAMBLE_INTERFACES"), StringComparison.Ordinal);
        Assert.Equal(("6", "bramble"), (Field("PRIORITY"), Field("SYSLOG_IDENTIFIER")));
        Assert.Contains("Serving on ", Box.Ssh("bramble log 192.168.77.1 --lines 1000"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_doctor_reads_the_real_firewall_and_tells_what_it_keeps_out()
    {
        Assert.Equal("ok", Doctor("firewall").GetProperty("result").GetString());
        try
        {
            Box.Ssh("nft flush chain inet bramble served && nft add rule inet bramble served udp dport '{ 67, 4011, 6767 }' accept && nft add rule inet bramble served tcp dport 22 accept");
            JsonElement closed = Doctor("firewall");
            Assert.Equal("wrong", closed.GetProperty("result").GetString());
            Assert.Contains("UDP 69 (TFTP)", closed.GetProperty("seen").GetString(), StringComparison.Ordinal);
            Assert.DoesNotContain("UDP 67", closed.GetProperty("seen").GetString(), StringComparison.Ordinal);
            Assert.NotEqual("", closed.GetProperty("fix").GetString());
        }
        finally
        {
            Box.Ssh("nft -f /etc/nftables.conf && /usr/lib/bramble/firewall");
        }

        Assert.Equal("ok", Doctor("firewall").GetProperty("result").GetString());
    }

    [Fact]
    public void The_doctor_tells_that_the_server_is_not_the_installed_one()
    {
        Assert.Equal("ok", Doctor("versions").GetProperty("result").GetString());
        const string dropIn = "/run/systemd/system/bramble.service.d/copy.conf";
        try
        {
            // As after the update of a package, whose file is another one from then on.
            Box.Ssh($"cp /usr/bin/bramble /srv/copy && mkdir -p $(dirname {dropIn}) && printf '[Service]\\nExecStart=\\nExecStart=/srv/copy serve\\nExecPaths=/srv/copy\\n' >{dropIn} && systemctl daemon-reload && systemctl restart bramble && rm /srv/copy");
            JsonElement version = Doctor("versions");
            Assert.Equal("wrong", version.GetProperty("result").GetString());
            Assert.Contains("systemctl restart bramble", version.GetProperty("fix").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            Box.Ssh($"rm -f {dropIn} && systemctl daemon-reload && systemctl restart bramble");
        }

        Assert.Equal("ok", Doctor("versions").GetProperty("result").GetString());
    }

    /// <summary>The first finding of a check.</summary>
    private JsonElement Doctor(string check)
    {
        ShellResult result = Box.TrySsh("bramble doctor --json");
        Assert.True(result.Output.StartsWith('['), result.Output + result.Error);
        return JsonDocument.Parse(result.Output).RootElement.EnumerateArray().First(f => f.GetProperty("check").GetString() == check);
    }
}
