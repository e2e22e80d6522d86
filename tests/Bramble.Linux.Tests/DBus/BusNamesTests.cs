using Bramble.Linux.DBus;
using Xunit;

namespace Bramble.Linux.Tests.DBus;

public class BusNamesTests
{
    [Theory]
    [InlineData("org.freedesktop.DBus", true)]
    [InlineData("a.b-c_1", true)]
    [InlineData(":1.42", true)]
    [InlineData("", false)]
    [InlineData(":", false)]
    [InlineData("nodot", false)]
    [InlineData("a..b", false)]
    [InlineData(".a.b", false)]
    [InlineData("a.b.", false)]
    [InlineData("a.1b", false)]
    [InlineData("a.b c", false)]
    [InlineData("a.b\0", false)]
    [InlineData("a.\u00fc", false)]
    public void Bus_names_follow_the_specification(string name, bool isValid) => Assert.Equal(isValid, BusNames.IsBusName(name));

    [Theory]
    [InlineData("org.bramble.Error.Test_1", true)]
    [InlineData("org.bramble.Error-Test", false)]
    [InlineData(":1.42", false)]
    [InlineData("Failed", false)]
    public void Error_names_follow_the_specification(string name, bool isValid) => Assert.Equal(isValid, BusNames.IsErrorName(name));

    [Fact]
    public void A_name_has_at_most_255_bytes()
    {
        Assert.True(BusNames.IsBusName("a." + new string('b', 253)));
        Assert.False(BusNames.IsBusName("a." + new string('b', 254)));
    }
}
