using Bramble.Storage.Images;
using Xunit;

namespace Bramble.Storage.Tests.Images;

public sealed class FilesystemProbeTests
{
    [Fact]
    public void Short_and_random_bytes_are_unknown_or_at_least_no_crash()
    {
        Random random = new(1);
        for (int length = 0; length < 4096; length += 13)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal(FilesystemKind.Unknown, FilesystemProbe.Of(bytes).Kind);
        }
    }

    [Fact]
    public void A_superblock_with_impossible_numbers_is_not_ext()
    {
        byte[] bytes = new byte[4096];
        bytes[1024 + 0x38] = 0x53;
        bytes[1024 + 0x39] = 0xEF;
        bytes[1024 + 0x04] = 10;
        Assert.Equal(new FilesystemProbe(FilesystemKind.Ext, 10 * 1024, 10 * 1024), FilesystemProbe.Of(bytes));
        bytes[1024 + 0x0C] = 11;
        Assert.Equal(FilesystemKind.Unknown, FilesystemProbe.Of(bytes).Kind);
        bytes[1024 + 0x0C] = 0;
        bytes[1024 + 0x18] = 7;
        Assert.Equal(FilesystemKind.Unknown, FilesystemProbe.Of(bytes).Kind);
        bytes[1024 + 0x18] = 6;
        bytes[1024 + 0x60] = 0x80;
        bytes.AsSpan(1024 + 0x150, 4).Fill(0xFF);
        Assert.Equal(FilesystemKind.Unknown, FilesystemProbe.Of(bytes).Kind);
    }
}
