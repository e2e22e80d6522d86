using Bramble.Support;
using Xunit;

namespace Bramble.Tests.Support;

public sealed class RedactorTests
{
    private readonly Redactor _redactor = new(["s3cr3tchapword", "abc"]);

    [Theory]
    [InlineData("the client said s3cr3tchapword to us", "the client said (removed) to us")]
    [InlineData("S3CR3TCHAPWORD", "(removed)")]
    [InlineData("  incominguser pi-kiosk hunter2hunter2", "  incominguser (removed)")]
    [InlineData("password = hunter2", "password (removed)")]
    [InlineData("\"chapSecret\": \"hunter2\",", "\"chapSecret (removed)")]
    [InlineData("token 0123456789abcdef0123456789abcdef", "token (removed)")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGhlbGxvaGVsbG9oZWxsb2hlbGxvaGVsbG9oZWxsbw== me", "ssh-ed25519 (removed) me")]
    public void Secrets_are_taken_out(string line, string clean) => Assert.Equal(clean, _redactor.Clean(line));

    [Theory]
    [InlineData("Board 91cdf03d (dc:a6:32:01:02:03) got 10.77.0.128")]
    [InlineData("10000000:a1b2c3d4e5f60718 serial of sixteen digits")]
    [InlineData("no password is asked for, and the secret of a good network is patience")]
    [InlineData("abc is too short to be a secret")]
    [InlineData("kernel8.img 12000000 bytes in 1.20 s, 10.0 MB/s")]
    public void What_helps_to_understand_stays(string line) => Assert.Equal(line, _redactor.Clean(line));

    [Fact]
    public void A_private_key_is_taken_out_whole() => Assert.Equal(
        "before\n(removed)\nafter",
        _redactor.Clean("before\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\nAAAA\n-----END OPENSSH PRIVATE KEY-----\nafter"));
}
