using System.Text.Json;
using Bramble.Integration.Tests.Lab;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>A server, a switch and a capture of all DHCP on it.</summary>
internal sealed class DhcpLab : IDisposable
{
    /// <summary>Makes the lab; the server is not started.</summary>
    /// <param name="config">More configuration.</param>
    /// <param name="image">True to bring an image of every model's files, named pi.</param>
    /// <param name="address">The server's address with its length.</param>
    public DhcpLab(string config, bool image = false, string address = "10.77.0.1/24")
    {
        Box = new BootBox(config, address);
        Switch = new Switch(Box.Segment);
        if (image)
        {
            Box.Bramble("image", "add", PiDisk.Make(Box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
        }

        Capture = new Capture(Switch);
    }

    public BootBox Box { get; }

    public Switch Switch { get; }

    public Capture Capture { get; }

    /// <summary>What <c>bramble status --json</c> says.</summary>
    public string StatusText => Box.Bramble("status", "--json");

    /// <summary>The mode that the server says it is in.</summary>
    public string? Mode => JsonDocument.Parse(StatusText).RootElement.GetProperty("server").GetProperty("mode").GetString();

    /// <summary>A machine that is no Raspberry Pi asks once for an address; null if it gets none.</summary>
    public static string? AskForAddress(Station station)
    {
        // 1: no lease.
        ShellResult result = station.TryRun(
            "udhcpc", "-i", Station.Interface, "-n", "-q", "-f", "-t", "3", "-T", "2", "-s", "/bin/true").Expect(0, 1);
        const string Obtained = "lease of ";
        int at = result.Error.IndexOf(Obtained, StringComparison.Ordinal);
        return at < 0 ? null : result.Error[(at + Obtained.Length)..].Split(' ')[0];
    }

    public void Dispose()
    {
        Capture.Dispose();
        Switch.Dispose();
        Box.Dispose();
    }
}
