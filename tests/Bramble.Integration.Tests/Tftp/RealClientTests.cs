using System.Security.Cryptography;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Tftp;

/// <summary>The TFTP clients that Debian packages against the published binary: what they get is the file, octet by octet.</summary>
[Trait("kind", "integration")]
public sealed class RealClientTests(TftpLab lab) : IClassFixture<TftpLab>
{
    private static readonly string[] s_atftpOptions = ["--option", "tsize enable", "--option", "timeout 2", "--option", "multicast enable"];

    /// <summary>Each client with the block size that it uses.</summary>
    public static TheoryData<string, int> Clients => new()
    {
        { "atftp", 512 },
        { "atftp blksize 8", 8 },
        { "atftp blksize 1468", 1468 },
        { "atftp blksize 1468 windowsize 8", 1468 },
        { "atftp blksize 65464 windowsize 64", 1468 },
        { "tftp", 512 },
        { "curl", 512 },
        { "curl --tftp-no-options", 512 },
        { "curl --tftp-blksize 1468", 1468 },
        { "curl --tftp-blksize 65464", 1468 },
        { "busybox", 512 },
        { "busybox -b 1468", 1468 },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public void Files_of_every_length_around_a_block_arrive_whole(string client, int blockSize)
    {
        foreach (int length in new[] { 1, blockSize - 1, blockSize, blockSize + 1, (blockSize * 20) + 7 })
        {
            Fetch(client, $"size-{length}", length);
        }
    }

    [Theory]
    [InlineData("atftp blksize 8", 65535)]
    [InlineData("atftp blksize 8 windowsize 32", 66_001)]
    [InlineData("busybox -b 128", 66_001)]
    [InlineData("curl --tftp-blksize 8", 66_001)]
    public void A_file_of_65535_blocks_and_more_arrives_whole(string client, int blocks) =>
        Fetch(client, $"{client.Split(' ')[0]}-{blocks}", (long.Parse(client.Split(' ')[2]) * blocks) - 3);

    [Fact]
    public void Two_hundred_megabytes_arrive_whole()
    {
        Fetch("atftp blksize 1468 windowsize 32", "large", 200 << 20);
        File.Delete(lab.PathOf("large"));
    }

    [Theory]
    [InlineData("atftp blksize 1468 timeout 1", 20_000)]
    [InlineData("atftp blksize 1468 timeout 1 windowsize 8", 400_000)]
    [InlineData("tftp", 8_000)]
    [InlineData("busybox -b 1468", 20_000)]
    [InlineData("curl --tftp-blksize 1468", 10_000)]
    public void A_bad_cable_costs_time_but_no_octet(string client, int length)
    {
        int before = Retransmits();
        lab.Link.Impair(seed: 7, loss: 5, duplication: 1, reordering: 5);
        try
        {
            for (int i = 0; i < 2; i++)
            {
                // atftp passes over a window that comes again and does not acknowledge it again: where its ACK was lost it may wait until both give up.
                Fetch(client, $"bad-{length}", length, tries: client.Contains("windowsize", StringComparison.Ordinal) ? 3 : 1);
            }
        }
        finally
        {
            lab.Link.Mend();
        }

        Assert.True(Retransmits() > before, "the cable was not bad");
    }

    [Theory]
    [InlineData("atftp", "--put", "--local-file", "{file}", "--remote-file", "up", TftpLab.Server)]
    [InlineData("curl", "-sS", "-T", "{file}", $"tftp://{TftpLab.Server}/up")]
    [InlineData("busybox", "tftp", "-p", "-l", "{file}", "-r", "up", TftpLab.Server)]
    public void A_write_is_refused_in_words(string program, params string[] arguments)
    {
        string file = Path.Combine(lab.Folder, "up");
        File.WriteAllText(file, "text");
        ShellResult result = lab.TryRun(program, arguments.Select(a => a.Replace("{file}", file, StringComparison.Ordinal)));
        Assert.NotEqual(0, result.ExitCode);
        // curl does not show the server's words.
        Assert.True(program == "curl" ? result.ExitCode == 69 : (result.Output + result.Error).Contains("read-only", StringComparison.Ordinal), result.Output + result.Error);
    }

    [Fact]
    public void Netascii_gives_the_text_as_the_client_knows_it()
    {
        string name = lab.PutText("text", string.Join('\n', Enumerable.Range(0, 2000).Select(i => $"line {i}")) + "\n");
        string local = Path.Combine(lab.Folder, "text");
        ShellResult result = lab.TryRun("tftp", "-m", "ascii", TftpLab.Server, "-c", "get", name, local);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(File.ReadAllText(lab.PathOf("text")), File.ReadAllText(local));
    }

    [Fact]
    public void An_empty_file_is_no_file_because_firmware_hangs_on_one()
    {
        lab.Put("empty", 0);
        ShellResult result = lab.TryRun("curl", "-sS", $"tftp://{TftpLab.Server}/{TftpLab.Serial}/empty");
        Assert.Equal(68, result.ExitCode);
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("91cdf03d/../../state/leases.journal")]
    [InlineData("00000bad/config.txt")]
    public void Nothing_but_its_own_files_is_read(string name)
    {
        string local = Path.Combine(lab.Folder, "stolen");
        ShellResult result = lab.TryRun("atftp", "--get", "--remote-file", name, "--local-file", local, TftpLab.Server);
        Assert.NotEqual(0, result.ExitCode);
        Assert.True(!File.Exists(local) || new FileInfo(local).Length == 0, "something was read");
    }

    private int Retransmits() => lab.Client.GetProperty("boot").GetProperty("retransmits").GetInt32();

    private void Fetch(string client, string name, long length, int tries = 1)
    {
        string remote = lab.Put(name, length);
        string local = Path.Combine(lab.Folder, $"{client.Replace(' ', '-')}-{name}");
        string[] words = client.Split(' ');
        ShellResult result;
        do
        {
            result = Run();
        }
        while (result.ExitCode != 0 && --tries > 0);

        Assert.True(result.ExitCode == 0, $"{client} {name}: {result.Output}{result.Error}\nServer:\n{lab.ServerOutput}");
        Assert.Equal(Hash(lab.PathOf(name)), Hash(local));
        File.Delete(local);

        ShellResult Run() => words[0] switch
        {
            "atftp" => lab.TryRun("atftp", [.. s_atftpOptions, .. words[1..].Chunk(2).SelectMany(o => new[] { "--option", $"{o[0]} {o[1]}" }), "--get", "--remote-file", remote, "--local-file", local, TftpLab.Server]),
            "tftp" => lab.TryRun("tftp", "-m", "octet", TftpLab.Server, "-c", "get", remote, local),
            "curl" => lab.TryRun("curl", ["-sS", "--max-time", "100", .. words[1..], "-o", local, $"tftp://{TftpLab.Server}/{remote}"]),
            _ => lab.TryRun("busybox", ["tftp", "-g", .. words[1..], "-l", local, "-r", remote, TftpLab.Server]),
        };
    }

    private static string Hash(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(file));
    }
}
