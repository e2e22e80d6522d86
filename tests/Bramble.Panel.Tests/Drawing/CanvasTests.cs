using Bramble.Panel.Drawing;

namespace Bramble.Panel.Tests.Drawing;

public sealed class CanvasTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 1)]
    [InlineData(5, 9)]
    [InlineData(120, 60)]
    [InlineData(500, 500)]
    public void A_picture_on_a_picture_lies_where_it_was_put_and_is_cut_at_the_edge(int x, int y)
    {
        var random = new Random(5);
        var source = new Canvas(128, 64);
        for (int i = 0; i < 2000; i++)
        {
            source.Set(random.Next(128), random.Next(64));
        }

        var target = new Canvas(128, 64);
        target.Blit(source, x, y);
        for (int row = 0; row < 64; row++)
        {
            for (int column = 0; column < 128; column++)
            {
                Assert.Equal(source[column - x, row - y], target[column, row]);
            }
        }
    }

    [Fact]
    public void Drawing_outside_is_cut_off()
    {
        var canvas = new Canvas(16, 8);
        canvas.Fill(-5, -5, 100, 100);
        canvas.Invert(-3, -3, 200, 200);
        canvas.Set(-1, 0);
        canvas.Set(16, 0);
        canvas.Set(0, 8);
        canvas.Frame(-2, -2, 40, 40);
        Assert.True(canvas.Bits.IndexOfAnyExcept((byte)0) < 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Canvas(8, 12));
        Assert.Throws<ArgumentException>(() => Canvas.FromBits(8, 8, new byte[7]));
    }
}
