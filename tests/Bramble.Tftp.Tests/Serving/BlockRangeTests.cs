using Bramble.Tftp.Serving;

namespace Bramble.Tftp.Tests.Serving;

public sealed class BlockRangeTests
{
    private readonly BlockRange _range = new();

    [Fact]
    public void Blocks_are_taken_from_the_front()
    {
        _range.Add(5, 10);
        Assert.Equal((5, 4), _range.Take(4));
        Assert.Equal((9, 6), _range.Take(100));
        Assert.Equal(0, _range.Count);
        Assert.Equal(0, _range.Take(3).Count);
    }

    [Fact]
    public void What_follows_is_added()
    {
        _range.Add(5, 10);
        _range.Take(4);
        _range.Add(15, 2);
        Assert.Equal((9, 8), _range.Take(100));
    }

    [Theory]
    [InlineData(6, 3)]
    [InlineData(40, 2)]
    public void Another_place_takes_over(long first, int count)
    {
        _range.Add(5, 10);
        _range.Add(first, count);
        Assert.Equal((first, count), _range.Take(100));
    }
}
