using System.Diagnostics;
using Bramble.Tftp.Serving;
using Bramble.Tftp.Tests.Support;

namespace Bramble.Tftp.Tests.Serving;

/// <summary>The clients that Debian packages: what they get must be the file.</summary>
public sealed class RealClientTests
{
    private static readonly int[] s_sizes = [0, 1, 511, 512, 513, 1467, 1468, 1469, 100_000, 3_000_000];

    [Fact]
    public void Atftp_without_options() => FetchAll("atftp", "--get --remote-file {remote} --local-file {local} 127.0.0.1 {port}");

    [Fact]
    public void Atftp_with_every_option() => FetchAll(
        "atftp",
        "--option \"blksize 1468\" --option \"tsize enable\" --option \"timeout 2\" --option \"windowsize 8\" --get --remote-file {remote} --local-file {local} 127.0.0.1 {port}");

    [Fact]
    public void Atftp_with_more_blocks_than_numbers() => Fetch(
        "atftp", "--option \"blksize 16\" --option \"windowsize 32\" --get --remote-file {remote} --local-file {local} 127.0.0.1 {port}", 16 * 66_000);

    [Fact]
    public void Tftp_hpa() => FetchAll("tftp", "-m octet 127.0.0.1 {port} -c get {remote} {local}");

    [Fact]
    public void Curl()
    {
        // Without the empty file: curl 7.88 fails at any server's "tsize 0".
        foreach (int size in s_sizes.Where(s => s > 0))
        {
            Fetch("curl", "-sS --tftp-blksize 1468 -o {local} tftp://127.0.0.1:{port}/{remote}", size);
        }
    }

    [Fact]
    public void Curl_without_options() => FetchAll("curl", "-sS --tftp-no-options -o {local} tftp://127.0.0.1:{port}/{remote}");

    private static void FetchAll(string program, string arguments)
    {
        foreach (int size in s_sizes)
        {
            Fetch(program, arguments, size);
        }
    }

    private static void Fetch(string program, string arguments, int size)
    {
        using var fixture = new ServerFixture();
        Fetch(fixture, program, arguments, size, fixture.Port);
        Assert.Equal(TftpTransferOutcome.Completed, fixture.Events.NextEnd().Outcome);
    }

    private static void Fetch(ServerFixture fixture, string program, string arguments, int size, int port)
    {
        byte[] expected = fixture.Files.Write("file", size);
        string local = Path.Combine(fixture.Files.Folder, "fetched");
        string text = arguments.Replace("{remote}", "file", StringComparison.Ordinal)
            .Replace("{local}", local, StringComparison.Ordinal)
            .Replace("{port}", port.ToString(), StringComparison.Ordinal);
        using Process process = Process.Start(new ProcessStartInfo(program, text) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        string errors = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(60_000), $"{program} did not end");
        Assert.True(process.ExitCode == 0, $"{program} {text}: {errors}");

        // curl makes no file for an empty one.
        Assert.Equal(expected, File.Exists(local) ? File.ReadAllBytes(local) : []);
    }
}
