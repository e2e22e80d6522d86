using System.Text.Json;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Tftp;

/// <summary>Many boards that are switched on in the same moment, each with its own Ethernet address and lease.</summary>
[Trait("kind", "integration")]
[Trait("alone", "yes")]
public sealed class StormTests
{
    private const int Boards = 40;
    private const int BytesOfABoot = 8_000_000;

    [Fact]
    public void Forty_boards_at_once_load_every_octet_and_none_waits_for_the_others()
    {
        using var box = new PreparedBox(Boards, logLevel: "info");
        PiFiles.Write(box.BootFolder, BytesOfABoot);
        box.Start();

        ShellResult storm = box.Storm(Boards, seconds: 60);

        Assert.True(storm.ExitCode == 0, $"{storm.Output}{storm.Error}\nServer:\n{box.Server.Output}");
        JsonElement result = JsonDocument.Parse(storm.Output).RootElement;
        Assert.Equal(Boards, result.GetProperty("loaded").GetInt32());
        Assert.InRange(result.GetProperty("bytes").GetInt64(), Boards * (long)BytesOfABoot, Boards * (long)BytesOfABoot * 11 / 10);
        double median = result.GetProperty("median").GetDouble();
        Assert.True(result.GetProperty("slowest").GetDouble() <= 2 * median, storm.Output);
    }
}
