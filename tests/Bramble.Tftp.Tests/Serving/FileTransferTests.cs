using Bramble.Tftp.Serving;
using Bramble.Tftp.Tests.Support;
using Bramble.Tftp.Wire;

namespace Bramble.Tftp.Tests.Serving;

public sealed class FileTransferTests
{
    public static TheoryData<int, int, int> Sizes()
    {
        var data = new TheoryData<int, int, int>();
        foreach (int blockSize in new[] { 0, 8, 512, 1024, 1468, 8192, 65464 })
        {
            int real = blockSize == 0 ? 512 : blockSize;
            foreach (int length in new[] { 0, 1, real - 1, real, real + 1, (real * 9) + 5 })
            {
                data.Add(length, blockSize, 1);
                if (blockSize > 0)
                {
                    data.Add(length, blockSize, 4);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_file_of_any_size_arrives_whole(int length, int blockSize, int windowSize)
    {
        using var fixture = new ServerFixture();
        byte[] expected = fixture.Files.Write("boot/kernel8.img", length);
        using var client = new TestClient(fixture.Endpoint);
        var options = new TftpOptionSet();
        if (blockSize > 0)
        {
            options = TestClient.Options((TftpOptionKind.TransferSize, 0), (TftpOptionKind.BlockSize, blockSize), (TftpOptionKind.WindowSize, windowSize));
        }

        Assert.Equal(expected, client.Fetch("boot//kernel8.img", options));

        TftpTransferEvent end = fixture.Events.NextEnd();
        Assert.Equal(TftpTransferOutcome.Completed, end.Outcome);
        Assert.Equal("boot/kernel8.img", end.Path);
        Assert.Equal(length, end.Length);
        Assert.Equal(length, end.BytesSent);
        Assert.Equal(0, end.Retransmits);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void Block_numbers_go_on_with_0_after_65535(int windowSize)
    {
        using var fixture = new ServerFixture();
        byte[] expected = fixture.Files.Write("big", (8 * 70_000) + 3);
        using var client = new TestClient(fixture.Endpoint);
        TftpOptionSet options = TestClient.Options((TftpOptionKind.BlockSize, 8), (TftpOptionKind.WindowSize, windowSize));
        Assert.Equal(expected, client.Fetch("big", options));
    }

    [Fact]
    public void Several_workers_share_the_port()
    {
        using var fixture = new ServerFixture(o => o with { Workers = 3 });
        byte[] expected = fixture.Files.Write("file", 5000);
        for (int i = 0; i < 20; i++)
        {
            using var client = new TestClient(fixture.Endpoint);
            Assert.Equal(expected, client.Fetch("file", new TftpOptionSet()));
            Assert.Equal(TftpTransferOutcome.Completed, fixture.Events.NextEnd().Outcome);
        }

        Assert.Equal(20, fixture.Server.Counters[TftpCounter.Completed]);
    }

    [Fact]
    public void Netascii_gets_CR_LF_line_ends()
    {
        using var fixture = new ServerFixture();
        File.WriteAllText(Path.Combine(fixture.Files.Folder, "text"), "one\ntwo\rthree\n");
        using var client = new TestClient(fixture.Endpoint);
        Assert.Equal("one\r\ntwo\r\0three\r\n"u8.ToArray(), client.Fetch("text", new TftpOptionSet(), mode: "NetASCII"));
    }
}
