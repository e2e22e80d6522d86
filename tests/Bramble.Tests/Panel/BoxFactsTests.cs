using Bramble.Panel;
using Xunit;

namespace Bramble.Tests.Panel;

public sealed class BoxFactsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("256 SHA256:6Zwl2eSKf4Wy9PBqiv0QDqC1ib7O0ufDUBEkBPFzGzI root@box (ED25519)\n", "SHA256:6Zwl2eSKf4Wy9PBqiv0QDqC1ib7O0ufDUBEkBPFzGzI")]
    [InlineData("256 SHA256:6Zwl no comment (ED25519)", "SHA256:6Zwl")]
    [InlineData("256 MD5:16:27:ac root@box (ED25519)", null)]
    [InlineData("256", null)]
    [InlineData("", null)]
    [InlineData("\0\0\0", null)]
    public void The_fingerprint_is_read_from_what_ssh_keygen_printed(string text, string? fingerprint)
    {
        File.WriteAllText(_file, text);
        Assert.Equal(fingerprint, BoxFacts.SshFingerprint(_file));
    }

    [Fact]
    public void Without_the_file_there_is_no_fingerprint() => Assert.Null(BoxFacts.SshFingerprint(_file + ".none"));
}
