using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>Boots virtual Raspberry Pis together.</summary>
internal static class VirtualBoards
{
    /// <summary>Switches boards on at once; fails the test with what each says if not all of them load every octet of image <c>pi</c>, each at its own address.</summary>
    /// <param name="box">The server.</param>
    /// <param name="port">The interface that they are behind.</param>
    /// <param name="boards">How many of which: <c>30x3b,30x4b</c>.</param>
    /// <param name="serial">Serial of the first; the others count on.</param>
    public static IReadOnlyList<VirtualBoard> Storm(BootBox box, string port, string boards, string serial)
    {
        ShellResult storm = box.VirtualPi(
            "storm", "--interface", port, "--boards", boards, "--serial", serial, "--timeout", "100",
            "--boot-files", Path.Combine(box.DataFolder, "images/pi/boot"), "--expect", "cmdline.txt");
        Assert.True(storm.ExitCode == 0, $"{storm.Error}{storm.Output}\nServer:\n{Tail(box.Server.Output)}");
        List<VirtualBoard> results = [.. storm.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(VirtualBoard.Parse)];
        // The server makes these two for each board; everything else was compared octet for octet.
        Assert.All(results, b => Assert.All(
            b.Unverified.Split(' ', StringSplitOptions.RemoveEmptyEntries), path => Assert.Contains(Path.GetFileName(path), (string[])["cmdline.txt", "config.txt"])));
        Assert.All(results, b => Assert.True(b.Loaded && b.Files > 5, b.ToString()));
        return results;
    }

    private static string Tail(string text) => text.Length > 20_000 ? text[^20_000..] : text;
}
