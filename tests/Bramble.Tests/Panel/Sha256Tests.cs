using System.Security.Cryptography;
using Bramble.Panel;
using Xunit;

namespace Bramble.Tests.Panel;

public sealed class Sha256Tests
{
    [Fact]
    public void Every_length_around_the_ends_of_blocks_has_the_digest_that_the_framework_computes()
    {
        var random = new Random(256);
        for (int length = 0; length < 200; length++)
        {
            byte[] message = new byte[length];
            random.NextBytes(message);
            Assert.Equal(SHA256.HashData(message), Sha256.HashData(message));
        }
    }
}
