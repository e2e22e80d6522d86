using Bramble.Linux.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Bramble.Fleet.Tests.Ports;

public class NeighbourTableTests
{
    private const string Table = """
        IP address       HW type     Flags       HW address            Mask     Device
        10.77.0.50       0x1         0x2         e4:5f:01:09:02:f7     *        br0
        10.77.0.51       0x1         0x0         00:00:00:00:00:00     *        br0
        10.77.0.5        0x1         0x6         b8:27:eb:07:bc:c6     *        br0
        10.77.0.52       0x1         0x2         nonsense              *        br0
        10.77.0.53       0x1         0x2         00:00:00:00:00:00     *        br0
        10.77.0.54       0x1         2           e4:5f:01:09:02:f7     *        br0
        10.77.0.55       0x1

        """;

    [Theory]
    [InlineData("10.77.0.50", "e4:5f:01:09:02:f7")]
    [InlineData("10.77.0.5", "b8:27:eb:07:bc:c6")]
    public void A_complete_entry_is_found(string address, string mac)
    {
        Assert.True(NeighbourTable.TryFind(Table, Ipv4Address.Parse(address), out MacAddress found));
        Assert.Equal(mac, found.ToString());
    }

    [Theory]
    [InlineData("10.77.0.51")]
    [InlineData("10.77.0.52")]
    [InlineData("10.77.0.53")]
    [InlineData("10.77.0.54")]
    [InlineData("10.77.0.55")]
    [InlineData("10.77.0.56")]
    public void An_incomplete_or_damaged_entry_is_not(string address) =>
        Assert.False(NeighbourTable.TryFind(Table, Ipv4Address.Parse(address), out _));

    [Fact]
    public void No_text_makes_it_throw() => Check.QuickThrowOnFailure(
        Prop.ForAll<string>(text => !NeighbourTable.TryFind(text ?? "", Ipv4Address.Parse("10.77.0.50"), out _)));

    [Fact]
    public void A_table_that_is_not_there_knows_nobody() =>
        Assert.False(new NeighbourTable("/nonexistent/arp").TryFind(Ipv4Address.Parse("10.77.0.50"), out _));
}
