using Bramble.Integration.Tests.Lab;

namespace Bramble.Integration.Tests.Dhcp;

/// <summary>A server whose Raspberry Pis have all been through their firmware, so that their operating systems ask next.</summary>
public sealed class PiSystemsFixture : IDisposable
{
    /// <summary>Serial of the first board; the others count on.</summary>
    private const uint FirstSerial = 0x00c0ffee;

    public PiSystemsFixture()
    {
        Box = new BootBox("""
            [dhcp]
            mode = server
            lease-time = 2m
            gateway = 10.77.0.254
            dns = 10.77.0.1 10.77.0.2
            ntp = 10.77.0.3
            domain = lab.example
            """);
        Box.Bramble("image", "add", PiDisk.Make(Box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
        Box.Start();
        Switch = new Switch(Box.Segment);
        Boards = VirtualBoards.Storm(Box, Switch.BoardPort(), "4x4b", $"{FirstSerial:x8}");
        Capture = new Capture(Switch);
    }

    /// <summary>The boards, with the addresses that their firmware was given.</summary>
    internal IReadOnlyList<VirtualBoard> Boards { get; }

    internal BootBox Box { get; }

    internal Switch Switch { get; }

    internal Capture Capture { get; }

    public void Dispose()
    {
        Capture.Dispose();
        Switch.Dispose();
        Box.Dispose();
    }
}
