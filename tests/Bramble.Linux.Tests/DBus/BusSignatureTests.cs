using Bramble.Linux.DBus;
using Xunit;

namespace Bramble.Linux.Tests.DBus;

public class BusSignatureTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("su", new[] { "s", "u" })]
    [InlineData("shas", new[] { "s", "h", "as" })]
    [InlineData("uoss", new[] { "u", "o", "s", "s" })]
    [InlineData("sa{sv}as", new[] { "s", "a{sv}", "as" })]
    [InlineData("(uoss)aa(ii)v", new[] { "(uoss)", "aa(ii)", "v" })]
    [InlineData("a{s(ia{sv})}t", new[] { "a{s(ia{sv})}", "t" })]
    public void A_signature_is_split_into_complete_types(string signature, string[] types)
    {
        Assert.Equal(types, BusSignature.Split(signature));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("(")]
    [InlineData("(s")]
    [InlineData("()")]
    [InlineData("s)")]
    [InlineData("a{s}")]
    [InlineData("a{vs}")]
    [InlineData("a{asv}")]
    [InlineData("a{svs}")]
    [InlineData("{sv}")]
    [InlineData("z")]
    [InlineData("aa{s")]
    public void Bad_signatures_are_refused(string signature)
    {
        Assert.Throws<ArgumentException>(() => BusSignature.Split(signature));
    }

    [Theory]
    [InlineData("org.bramble.Error.Storage", true)]
    [InlineData("a._b1", true)]
    [InlineData("", false)]
    [InlineData("nodots", false)]
    [InlineData("a..b", false)]
    [InlineData("a.1b", false)]
    [InlineData("not a name.x", false)]
    [InlineData("ä.b", false)]
    public void Error_names_are_checked(string name, bool valid)
    {
        Assert.Equal(valid, BusSignature.IsErrorName(name));
        Assert.False(BusSignature.IsErrorName("a." + new string('b', 254)));
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        Assert.Throws<ArgumentException>(() => BusSignature.Split(new string('a', 5000) + "s"));
        Assert.Throws<ArgumentException>(() => BusSignature.Split(new string('(', 5000)));
    }
}
