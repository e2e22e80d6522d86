using System.Text.Json;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests;

/// <summary>A virtual Raspberry Pi whose bootloader logs over the network (NETCONSOLE), and the published binary that keeps it.</summary>
[Trait("kind", "integration")]
public sealed class NetconsoleTests
{
    [Fact]
    public void What_the_bootloader_says_is_kept_with_the_boot_also_after_a_restart()
    {
        using BootBox box = BootBox.WithImage("[dhcp]\nmode = server\n[clients]\nnetconsole = yes\n");
        box.Start();
        ShellResult boot = box.Boot("4b", "91cdf03d", null, "--netconsole");
        Assert.True(boot.ExitCode == 0, $"{boot.Output}{boot.Error}\nServer:\n{box.Server.Output}");
        Wait.Until(() => Log(box).Contains("Loaded: kernel=", StringComparison.Ordinal), Wait.Soon, () => Log(box) + box.Server.Output);
        string told = Log(box);
        Assert.Contains("File: path=91cdf03d/config.txt", told, StringComparison.Ordinal);
        Assert.Contains("What its bootloader said last", box.Bramble("why", "pi-91cdf03d"), StringComparison.Ordinal);

        // The state folder, not the memory: also what came in the last minute, for the server is told to end.
        const int terminate = 15;
        box.Server.Signal(terminate);
        Assert.Equal(0, box.Server.WaitForExit(Wait.Soon));
        box.Start();
        Assert.Equal(told, Log(box));
        JsonElement story = JsonDocument.Parse(box.Bramble("why", "91cdf03d", "--json")).RootElement;
        Assert.NotEmpty(story.GetProperty("log").EnumerateArray());
    }

    private static string Log(BootBox box) => box.Bramble("client", "show", "pi-91cdf03d", "--log");
}
