using Bramble.Linux.Processes;
using Bramble.Storage.Images;
using Xunit;

namespace Bramble.Storage.Tests.Images;

/// <summary>What bsdtar's messages mean for the person who gave the archive.</summary>
public sealed class ZipUnpackerTests
{
    private const string Ending = "bsdtar: Error exit delayed from previous errors.\n";

    [Fact]
    public void One_image_is_accepted()
    {
        Assert.Null(ZipUnpacker.Refusal("a.zip", new ProcessResult(0, "", "x a/PI.IMG\n")));
        Assert.Null(ZipUnpacker.Refusal("a.zip", new ProcessResult(0, "", "x a\\nx b.img\n")));
    }

    [Theory]
    [InlineData(0, "x a.img\nx b.img\n", "a.zip holds 2 disk images: a.img, b.img.")]
    [InlineData(0, "", "a.zip holds 0 disk images: nothing.")]
    [InlineData(1, "x pi.img: Incorrect passphrase: Unknown error -1\n" + Ending, "a.zip is encrypted.")]
    [InlineData(1, "x pi.img: Unsupported ZIP compression method (97: wav-pack): ?\n" + Ending, "(97: wav-pack)")]
    [InlineData(
        1,
        "x pi.img: ZIP bad CRC: 0x9f9547ed should be 0x8e21d42a: Unknown error -1\n" + Ending,
        "a.zip is damaged or broken off (zip: pi.img: ZIP bad CRC: 0x9f9547ed should be 0x8e21d42a). Download or copy it again.")]
    [InlineData(
        1,
        "bsdtar: Truncated ZIP file header\nbsdtar: *.[iI][mM][gG]: Not found in archive\n" + Ending,
        "a.zip is damaged or broken off (zip: Truncated ZIP file header).")]
    [InlineData(137, "", "a.zip is damaged or broken off (zip: bsdtar gave no reason).")]
    public void Anything_else_is_refused_with_its_reason(int exitCode, string error, string expected)
    {
        ProcessResult result = new(exitCode, "", error);
        Assert.False(ZipUnpacker.IsWithoutImage(result));
        Assert.Contains(expected, ZipUnpacker.Refusal("a.zip", result)?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_without_an_image_is_told_apart()
    {
        Assert.True(ZipUnpacker.IsWithoutImage(new ProcessResult(1, "", "bsdtar: *.[iI][mM][gG]: Not found in archive\n" + Ending)));
        Assert.EndsWith("(.img).", ZipUnpacker.WithoutImage("a.zip", null).Message, StringComparison.Ordinal);
        Assert.EndsWith("Found: nothing.", ZipUnpacker.WithoutImage("a.zip", "").Message, StringComparison.Ordinal);
        string many = string.Concat(Enumerable.Range(0, 12).Select(i => $"file{i}\n"));
        Assert.EndsWith("file8, file9 and 2 more.", ZipUnpacker.WithoutImage("a.zip", many).Message, StringComparison.Ordinal);
    }
}
