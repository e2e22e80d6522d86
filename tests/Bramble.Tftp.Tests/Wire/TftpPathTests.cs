using System.Text;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Tests.Wire;

public sealed class TftpPathTests
{
    [Theory]
    [InlineData("config.txt", "config.txt")]
    [InlineData("/config.txt", "config.txt")]
    [InlineData("7bf18f79//config.txt", "7bf18f79/config.txt")]
    [InlineData("///a////b", "a/b")]
    [InlineData("./a/./b", "a/b")]
    [InlineData("/./x", "x")]
    [InlineData("..a/b..", "..a/b..")]
    [InlineData("...", "...")]
    [InlineData("overlays/vc4-kms-v3d-pi5.dtbo", "overlays/vc4-kms-v3d-pi5.dtbo")]
    [InlineData("Größe/ß", "Größe/ß")]
    [InlineData("with space", "with space")]
    public void Names_are_folded_to_one_form(string name, string expected)
    {
        Assert.True(TftpPath.TryFold(Encoding.UTF8.GetBytes(name), out string? path));
        Assert.Equal(expected, path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData(".")]
    [InlineData("./")]
    [InlineData("a/")]
    [InlineData("a/.")]
    [InlineData("..")]
    [InlineData("../etc/passwd")]
    [InlineData("a/../b")]
    [InlineData("a/..")]
    [InlineData("/..//x")]
    [InlineData("a\\b")]
    [InlineData("..\\x")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("a\u001bb")]
    [InlineData("a\u007f")]
    public void Names_that_could_mislead_are_refused(string name)
    {
        Assert.False(TftpPath.TryFold(Encoding.UTF8.GetBytes(name), out string? path));
        Assert.Null(path);
    }

    [Fact]
    public void Bad_utf8_and_overlong_names_are_refused()
    {
        Assert.False(TftpPath.TryFold([(byte)'a', 0xC3], out _));
        Assert.False(TftpPath.TryFold([0xC0, 0xAF], out _));
        Assert.True(TftpPath.TryFold(Encoding.ASCII.GetBytes(new string('a', 255)), out _));
        Assert.False(TftpPath.TryFold(Encoding.ASCII.GetBytes(new string('a', 256)), out _));
        Assert.False(TftpPath.TryFold(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a/", 250)) + "a"), out _));
    }

    [Fact]
    public void A_name_for_the_log_has_only_printable_characters()
    {
        Assert.Equal("a?b?c", TftpPath.ForLog("a\nb\u001bc"u8));
        Assert.Equal(80, TftpPath.ForLog(new byte[500]).Length);
    }
}
