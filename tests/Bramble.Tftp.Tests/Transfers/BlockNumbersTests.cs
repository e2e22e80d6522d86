using Bramble.Tftp.Transfers;

namespace Bramble.Tftp.Tests.Transfers;

public sealed class BlockNumbersTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(65535, 65535, 65535)]
    [InlineData(65536, 0, 1)]
    [InlineData(65537, 1, 2)]
    [InlineData(131070, 65534, 65535)]
    [InlineData(131072, 0, 2)]
    public void Numbers_wrap_to_0_or_to_1(long block, ushort toZero, ushort toOne)
    {
        Assert.Equal(toZero, BlockNumbers.ToWire(block, BlockRollover.ToZero));
        Assert.Equal(toOne, BlockNumbers.ToWire(block, BlockRollover.ToOne));
    }

    [Theory]
    [InlineData(BlockRollover.ToZero)]
    [InlineData(BlockRollover.ToOne)]
    public void Every_number_of_a_window_is_found_again_across_the_wrap(BlockRollover rollover)
    {
        foreach (long first in new long[] { 1, 65500, 65534, 65535, 65536, 131060, 200_000 })
        {
            for (long block = first; block < first + 64; block++)
            {
                Assert.Equal(block, BlockNumbers.FromWire(BlockNumbers.ToWire(block, rollover), first, first + 63, rollover));
            }

            Assert.Equal(-1, BlockNumbers.FromWire(BlockNumbers.ToWire(first + 64, rollover), first, first + 63, rollover));
            Assert.Equal(-1, BlockNumbers.FromWire(BlockNumbers.ToWire(first + 1000, rollover), first, first + 63, rollover));
        }
    }

    [Fact]
    public void Number_0_means_only_the_options_where_blocks_wrap_to_1()
    {
        Assert.Equal(0, BlockNumbers.FromWire(0, 0, 5, BlockRollover.ToOne));
        Assert.Equal(-1, BlockNumbers.FromWire(0, 65530, 65540, BlockRollover.ToOne));
    }
}
