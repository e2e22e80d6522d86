using Bramble.Serving;
using Xunit;

namespace Bramble.Tests.Serving;

public class TimeServerTests
{
    private const string Head = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops";

    [Theory]
    [InlineData("  409: 00000000:007B 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 23456 2 0000000000000000 0", true)]
    [InlineData("  409: 0100007F:007B 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 23456 2 0000000000000000 0", false)]
    [InlineData("  410: 00000000:0044 00000000:007B 07 00000000:00000000 00:00000000 00000000     0        0 23456 2 0000000000000000 0", false)]
    [InlineData("", false)]
    public void Whoever_listens_for_NTP_on_every_address_is_a_time_server(string line, bool isThere) => Assert.Equal(isThere, TimeServer.IsIn([Head, line]));
}
