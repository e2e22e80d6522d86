using Bramble.Linux.Net;
using FsCheck;
using FsCheck.Fluent;

namespace Bramble.Fleet.Tests.Ports;

public class TcpConnectionsTests
{
    private const string Table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000:0801 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
           1: 02004D0A:0801 32004D0A:03A3 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
           2: 02004D0A:0CBC 33004D0A:C001 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 20 4 30 10 -1
           3: 02004D0A:0016 32004D0A:C002 01 00000000:00000000 00:00000000 00000000     0        0 4 1 0 20 4 30 10 -1
           4: 02004D0A:0801 34004D0A:03A4 06 00000000:00000000 00:00000000 00000000     0        0 5 1 0 20 4 30 10 -1
           5: 02004D0A 34004D0A:03A4 01
           6: ZZ004D0A:0801 34004D0A:03A4 01 0
           7: 02004D0A:0801

        """;

    private const string Table6 = """
          sl  local_address                         remote_address                        st
           0: 0000000000000000FFFF000002004D0A:0801 0000000000000000FFFF000035004D0A:03A5 01 0 0
           1: 000080FE00000000FF0050A0FE000000:0801 000080FE00000000FF0050A0FE000001:03A5 01 0 0

        """;

    [Fact]
    public void Established_connections_to_the_ports_are_found()
    {
        var found = new List<TcpConnection>();
        TcpConnections.ParseEstablished(Table, [2049, 3260], found);
        TcpConnections.ParseEstablished(Table6, [2049, 3260], found);
        Assert.Equal(
            ["10.77.0.50 931 2049", "10.77.0.51 49153 3260", "10.77.0.53 933 2049"],
            found.Select(c => $"{c.RemoteAddress} {c.RemotePort} {c.LocalPort}"));
    }

    [Fact]
    public void No_text_makes_it_throw() => Check.QuickThrowOnFailure(Prop.ForAll<string>(text =>
    {
        var found = new List<TcpConnection>();
        TcpConnections.ParseEstablished(text ?? "", [2049], found);
        return found.Count == 0;
    }));
}
