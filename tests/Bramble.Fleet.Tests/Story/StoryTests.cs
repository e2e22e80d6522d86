using Bramble.Fleet.Faults;
using Bramble.Fleet.Status;
using Bramble.Fleet.Story;

namespace Bramble.Fleet.Tests.Story;

public class StoryTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_boot_that_came_up() => Golden(
        Client("up", Boot("up", ("discover", 0), ("offered", 0.02), ("bound", 0.4), ("firmware", 0.9), ("kernel", 12.31), ("root", 16.5), ("up", 31.25)) with
        {
            Files = 7, Bytes = 31_400_000, BytesPerSecond = 3_300_000, Discovers = 1, Offers = 1,
        }),
        [File("start4.elf", "completed", 2_200_000, 0.7), File("recovery.elf", "notFound"), File("kernel8.img", "completed", 9_300_000, 2.9), File("initramfs8", "completed", 19_500_000, 5.6), File("cmdline.txt", "completed", 200, 0.01)],
        """
        kiosk is up. Its last boot took 31.3 s.

        Board 91cdf03d (e4:5f:01:09:02:f7): Raspberry Pi 4 Model B, 4 GB.
        Its root is ready: nfs, from image trixie.

        Boot 3, begun 2026-01-02 03:04:05 UTC:
            0.0 s  asked for an address
            0.0 s  was answered
            0.4 s  took the address 10.77.0.50
            0.9 s  asked for its first file
                   7 files, 31.4 MB at 3.3 MB/s; no packet was lost
                   start4.elf: 2.2 MB in 0.7 s
                   kernel8.img: 9.3 MB in 2.9 s
                   initramfs8: 19.5 MB in 5.6 s
                   looked in vain for recovery.elf (most firmware tries many names)
           12.3 s  had its kernel
           16.5 s  connected to its root
           31.3 s  said that it is up

        """);

    [Fact]
    public void A_boot_that_stands_still_with_its_fault() => Golden(
        Client("stuck", Boot("bound", ("discover", 0), ("offered", 0.1), ("bound", 8.2)) with { Discovers = 2, Offers = 2, Repeats = 4 }) with
        {
            Fault = new Fault(
                FaultCode.NobodyAnswers, "The board looks for an address that nobody has", "10.77.0.50 asked 4 times by ARP who has 192.168.2.214 and got no answer.", "This case's cause.",
                "This case's fix.", s_start),
        },
        [],
        """
        kiosk stands still: The board looks for an address that nobody has (BR112).

        Board 91cdf03d (e4:5f:01:09:02:f7): Raspberry Pi 4 Model B, 4 GB.
        Its root is ready: nfs, from image trixie.

        Boot 3, begun 2026-01-02 03:04:05 UTC:
            0.0 s  asked for an address, 2 times
            0.1 s  was answered, 2 times
            8.2 s  took the address 10.77.0.50
                   4 attempts before it ended the same way

        What was seen
          10.77.0.50 asked 4 times by ARP who has 192.168.2.214 and got no answer.

        Likely cause
          This case's cause.

        What to do
          This case's fix.

        Other causes, and what else to try: bramble fault BR112

        """);

    [Fact]
    public void A_client_that_never_booted_and_a_network_that_has_a_fault() => Golden(
        Client("idle", null) with { Board = null, Mac = null, RootState = "none" },
        [],
        """
        kiosk has not asked to boot since this server knows it.

        No board is bound to it.
        It has no root yet.

        Also, network: A second DHCP server is on the network (BR107)
          10.77.0.1 answers too.

        """,
        new Fault(FaultCode.SecondServer, "A second DHCP server is on the network", "10.77.0.1 answers too.", "", "", s_start));

    [Theory]
    [InlineData("booting", "firmware", "kiosk is booting: it loads initramfs8.")]
    [InlineData("stuck", "kernel", "kiosk takes longer than it should: its kernel was sent, its root is not connected.")]
    [InlineData("idle", "up", "kiosk was last heard of 2 h ago: it was up.")]
    public void How_it_stands(string state, string stage, string headline)
    {
        FleetStatus fleet = Fleet(Client(state, Boot(stage, ("discover", 0)) with { File = stage == "firmware" ? "initramfs8" : null, SilentSeconds = 7300 }));
        Assert.Equal(headline, StoryMaker.Tell(fleet, "kiosk", [])?.Headline);
    }

    [Theory]
    [InlineData("kiosk")]
    [InlineData("91cdf03d")]
    [InlineData("91CDF03D")]
    [InlineData("e4:5f:01:09:02:F7")]
    public void A_client_is_found_by_name_serial_and_mac(string wanted) => Assert.Equal("kiosk", StoryMaker.Tell(Fleet(Client("idle", null)), wanted, [])?.Name);

    [Fact]
    public void A_board_without_a_client_has_its_story_too()
    {
        FleetStatus fleet = Fleet(Client("idle", null)) with
        {
            Unassigned = [new BoardStatus { Board = "00000bad", Mac = "dc:a6:32:00:0b:ad", FirstSeen = s_start, LastSeen = s_start, Boot = Boot("discover", ("discover", 0)) }],
        };
        BootStory? story = StoryMaker.Tell(fleet, "00000bad", []);
        Assert.Equal("Board 00000bad (dc:a6:32:00:0b:ad): model not known.", story?.About[0]);
        Assert.Null(StoryMaker.Tell(fleet, "nobody", []));
    }

    private static void Golden(ClientStatus client, BootFileStatus[] files, string text, params Fault[] around)
    {
        BootStory? story = StoryMaker.Tell(Fleet(client) with { Faults = around }, "kiosk", files);
        Assert.Equal(text, StoryText.Write(story!, 100));
    }

    private static FleetStatus Fleet(ClientStatus client) => new()
    {
        Time = s_start,
        Server = new ServerStatus("bramble", "10.77.0.2", "server", "open", null),
        Counts = new FleetCounts(0, 0, 0, 0, 0),
        Images = [],
        Clients = [client],
        Unassigned = [],
    };

    private static ClientStatus Client(string state, BootStatus? boot) => new()
    {
        Name = "kiosk", State = state, Board = "91cdf03d", Mac = "e4:5f:01:09:02:f7", Model = "4 Model B", MemoryMiB = 4096, Address = "10.77.0.50",
        HostName = "kiosk", Image = "trixie", Root = "nfs", RootState = "ready", Boot = boot,
    };

    private static BootStatus Boot(string stage, params (string Stage, double Seconds)[] stages) => new()
    {
        Number = 3, Started = s_start, Stage = stage, Stages = stages.ToDictionary(static s => s.Stage, static s => s.Seconds), SilentSeconds = 0,
    };

    private static BootFileStatus File(string path, string result, long bytes = 0, double seconds = 0) => new()
    {
        Path = path, Result = result, Length = bytes, Bytes = bytes, Seconds = seconds, BytesPerSecond = seconds > 0 ? bytes / seconds : 0, BlockSize = 1468, Asked = 1, Probes = 0, Retransmits = 0,
    };
}
