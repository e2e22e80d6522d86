using Bramble.Fleet.Story;
using Xunit;

namespace Bramble.Fleet.Tests.Story;

public sealed class HangingTextTests
{
    [Theory]
    [InlineData("  fix: ", "put the file back", 80, "  fix: put the file back")]
    [InlineData("  fix: ", "put the file back into its folder", 32, "  fix: put the file back into\n       its folder")]
    [InlineData("", "one", 1, "one")]
    [InlineData("a ", "a-word-that-is-much-longer-than-its-line and more", 26, "a a-word-that-is-much-longer-than-its-line\n  and more")]
    [InlineData("  fix: ", "", int.MaxValue, "  fix: ")]
    public void Lines_after_the_first_stand_under_the_words(string first, string words, int width, string written) =>
        Assert.Equal(written, HangingText.Write(first, words, width));
}
