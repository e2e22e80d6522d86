using Bramble.Fleet.Faults;
using Bramble.Fleet.Watch;
using FsCheck;
using FsCheck.Fluent;

namespace Bramble.Fleet.Tests.Watch;

public class BpduTests
{
    // Header, LLC, protocol 0, version, type, flags, root id, cost, bridge id, port, message age, max age 20 s, hello 2 s, forward delay.
    private const string Stp = "0180c2000000 5254001122ff 0026 424203 0000 00 00 00 8000525400112233 00000000 8000525400112233 8001 0000 1400 0200 0f00 0000000000000000";
    private const string Rstp = "0180c2000000 5254001122ff 0027 424203 0000 02 02 3c 8000525400112233 00000000 8000525400112233 8001 0000 1400 0200 0400 00 00000000000000";
    private const string PerVlan = "01000ccccccd 5254001122ff 0032 aaaa0300000c010b 0000 00 00 00 8001525400112233 00000000 8001525400112233 8001 0000 1400 0200 0f00 000000000002 0001";
    private const string TopologyChange = "0180c2000000 5254001122ff 0007 424203 0000 00 80 00000000000000000000000000000000000000000000000000000000000000000000000000";

    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(Stp, 0, 15)]
    [InlineData(Rstp, 2, 4)]
    [InlineData(PerVlan, 0, 15)]
    public void The_forward_delay_is_read(string hex, int version, double seconds)
    {
        Assert.True(Bpdu.TryParse(Frame(hex), out Bpdu bpdu));
        Assert.Equal(("52:54:00:11:22:ff", version, seconds), (bpdu.From.ToString(), bpdu.Version, bpdu.ForwardDelay.TotalSeconds));
    }

    [Fact]
    public void A_message_without_timers_is_none() => Assert.False(Bpdu.TryParse(Frame(TopologyChange), out _));

    [Fact]
    public void No_cut_frame_is_one()
    {
        byte[] whole = Frame(Stp);
        for (int length = 0; length < 17 + 35; length++)
        {
            Assert.False(Bpdu.TryParse(whole.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void Any_octets_are_read_without_harm() => Prop.ForAll<byte[]>(static octets =>
    {
        bool bare = Bpdu.TryParse(octets, out _);
        bool framed = Bpdu.TryParse([.. Frame(Stp)[..17], .. octets], out Bpdu bpdu);
        return (bare, framed) is (false, false) || bpdu.ForwardDelay.TotalSeconds is >= 1 and <= 60;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_long_delay_is_a_fault_until_it_is_gone_for_a_minute()
    {
        var watch = new SpanningTreeWatch();
        Assert.True(Bpdu.TryParse(Frame(Stp), out Bpdu bpdu));
        watch.Note("eth0", bpdu, s_start);
        Fault fault = Assert.Single(watch.Judge(s_start.AddSeconds(59)));
        Assert.Equal(FaultCode.SpanningTree, fault.Code);
        Assert.Contains("52:54:00:11:22:ff on eth0 sends STP messages with a forward delay of 15 s: a port may be closed for 30 s", fault.Seen, StringComparison.Ordinal);
        Assert.Equal(15, watch.Delay(s_start.AddSeconds(59)).TotalSeconds);
        Assert.Empty(watch.Judge(s_start.AddSeconds(61)));
        Assert.Equal(TimeSpan.Zero, watch.Delay(s_start.AddSeconds(61)));
    }

    [Fact]
    public void A_short_delay_is_none()
    {
        var watch = new SpanningTreeWatch();
        Assert.True(Bpdu.TryParse(Frame(Rstp), out Bpdu bpdu));
        watch.Note("eth0", bpdu, s_start);
        Assert.Empty(watch.Judge(s_start));
    }

    [Fact]
    public void A_pi_3_that_booted_proves_its_port_open_in_time()
    {
        var watch = new SpanningTreeWatch();
        Assert.True(Bpdu.TryParse(Frame(Stp), out Bpdu bpdu));
        watch.Note("eth0", bpdu, s_start);
        watch.PortsOpenInTime(s_start.AddSeconds(10));
        watch.Note("eth0", bpdu, s_start.AddSeconds(12));
        Assert.Empty(watch.Judge(s_start.AddSeconds(13)));
    }

    private static byte[] Frame(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
