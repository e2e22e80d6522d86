using Bramble.Tftp.Serving;
using Bramble.Tftp.Tests.Support;
using Bramble.Tftp.Transfers;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Tests.Transfers;

public sealed class OptionNegotiationTests
{
    [Theory]
    [InlineData(1468, 1500, 1468)]
    [InlineData(1469, 1500, 1468)]
    [InlineData(1468, 1400, 1368)]
    [InlineData(65464, 65536, 65464)]
    [InlineData(65464, 9000, 8968)]
    [InlineData(1468, 0, 1468)]
    public void The_block_size_is_cut_to_the_mtu(int asked, int mtu, int expected)
    {
        TransferParameters parameters = OptionNegotiation.Decide(
            TestClient.Options((TftpOptionKind.BlockSize, asked)), 100, mtu, new TftpOptions(), out TftpOptionSet accepted);
        Assert.Equal(expected, parameters.BlockSize);
        Assert.Equal(expected, accepted.BlockSize);
    }

    [Fact]
    public void The_mtu_is_passed_over_where_asked_to()
    {
        var options = new TftpOptions { LimitBlockSizeToMtu = false, MaxBlockSize = 8192 };
        Assert.Equal(8192, OptionNegotiation.Decide(TestClient.Options((TftpOptionKind.BlockSize, 65464)), 1, 1500, options, out _).BlockSize);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(64, 64)]
    [InlineData(65535, 64)]
    public void A_window_of_1_to_65535_is_taken_and_cut_to_the_servers(int asked, int expected)
    {
        TransferParameters parameters = OptionNegotiation.Decide(
            TestClient.Options((TftpOptionKind.WindowSize, asked)), 1, 1500, new TftpOptions(), out TftpOptionSet accepted);
        Assert.Equal((expected, expected), (parameters.WindowSize, accepted.WindowSize));
    }

    [Fact]
    public void No_setting_makes_a_window_so_long_that_block_numbers_lose_their_meaning()
    {
        TftpOptionSet asked = TestClient.Options((TftpOptionKind.WindowSize, 65535));
        Assert.Equal(32767, OptionNegotiation.Decide(asked, 1, 1500, new TftpOptions { MaxWindowSize = 65535 }, out _).WindowSize);
    }

    [Theory]
    [InlineData(TftpOptionKind.Timeout, 1, 1_000)]
    [InlineData(TftpOptionKind.Timeout, 255, 255_000)]
    [InlineData(TftpOptionKind.MicroTimeout, 10_000, 10)]
    [InlineData(TftpOptionKind.MicroTimeout, 255_000_000, 255_000)]
    public void A_timeout_of_1_to_255_seconds_or_in_microseconds_is_taken_as_it_is(TftpOptionKind kind, int value, int milliseconds)
    {
        TransferParameters parameters = OptionNegotiation.Decide(TestClient.Options((kind, value)), 1, 1500, new TftpOptions(), out TftpOptionSet accepted);
        Assert.Equal((kind, value), (accepted.KindAt(0), accepted.ValueOf(kind)));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds).Ticks, parameters.DataTimeout);
        Assert.True(parameters.FirstTimeout >= TimeSpan.FromSeconds(1).Ticks, "the OACK has one timer of a second or more");
        Assert.True(parameters.MaxRetries * parameters.DataTimeout >= TimeSpan.FromSeconds(10).Ticks);
    }

    [Fact]
    public void Without_options_it_is_plain_RFC_1350()
    {
        TransferParameters parameters = OptionNegotiation.Decide(new TftpOptionSet(), 100, 1500, new TftpOptions(), out TftpOptionSet accepted);
        Assert.Equal(0, accepted.Count);
        Assert.False(parameters.SendsOptions);
        Assert.Equal((512, 1), (parameters.BlockSize, parameters.WindowSize));
    }

    [Fact]
    public void Options_are_accepted_in_their_order_with_the_true_size()
    {
        TftpOptionSet asked = TestClient.Options((TftpOptionKind.WindowSize, 60000), (TftpOptionKind.TransferSize, 0), (TftpOptionKind.Timeout, 3));
        OptionNegotiation.Decide(asked, 123_456_789_012, 1500, new TftpOptions { MaxWindowSize = 16 }, out TftpOptionSet accepted);
        Assert.Equal([TftpOptionKind.WindowSize, TftpOptionKind.TransferSize, TftpOptionKind.Timeout], Enumerable.Range(0, 3).Select(accepted.KindAt));
        Assert.Equal((16, 123_456_789_012L, 3), (accepted.WindowSize, accepted.TransferSize, accepted.TimeoutSeconds));
    }

    [Fact]
    public void A_timeout_that_the_client_chose_backs_off_so_that_its_own_can_end()
    {
        TransferParameters parameters = OptionNegotiation.Decide(
            TestClient.Options((TftpOptionKind.Timeout, 1)), 1, 1500, new TftpOptions(), out _);
        Assert.Equal((TimeSpan.FromSeconds(1).Ticks, TimeSpan.FromSeconds(4).Ticks), (parameters.DataTimeout, parameters.MaxTimeout));
    }

    [Fact]
    public void A_short_timeout_applies_to_data_but_not_to_the_options()
    {
        TransferParameters parameters = OptionNegotiation.Decide(
            TestClient.Options((TftpOptionKind.MicroTimeout, 10_000)), 1, 1500, new TftpOptions(), out _);
        Assert.Equal(TimeSpan.FromMilliseconds(10).Ticks, parameters.DataTimeout);
        Assert.Equal(TimeSpan.FromSeconds(1).Ticks, parameters.FirstTimeout);
        Assert.True(parameters.MaxRetries * parameters.DataTimeout >= TimeSpan.FromSeconds(10).Ticks, "a client must not be given up within ten seconds");
    }
}
