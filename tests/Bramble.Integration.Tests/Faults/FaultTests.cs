using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Bramble.Integration.Tests.Dhcp.Rivals;
using Bramble.Integration.Tests.Lab;
using Bramble.Integration.Tests.Tftp;
using Xunit;

namespace Bramble.Integration.Tests.Faults;

/// <summary>
/// Troubles that are really there: each is told by its code, with the right words, and no other code appears. <c>BRAMBLE_FAULTS=BR101,BR208</c> plays
/// these alone.
/// </summary>
[Trait("kind", "integration")]
public sealed partial class FaultTests
{
    private const string Serial = "10000001";
    private const string Stranger = "00000bad";
    private const string RouterMac = "02:00:00:00:00:fe";
    private const string BootServer = "--dhcp-option-force=66," + Rival.Address;
    private const string CopyOfAMachine = "0x3d:ff000000010002000000ab1122334455667788";
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(60);

    /// <summary>Making a box is work; what comes then is waiting.</summary>
    private static readonly SemaphoreSlim s_makers = new(4);

    [Fact]
    public void Each_trouble_is_told_by_its_code_and_no_other()
    {
        string[]? wanted = Environment.GetEnvironmentVariable("BRAMBLE_FAULTS")?.Split(',');
        FaultScene[] scenes = [.. new[] { OfSystem, OfDhcp, OfFiles }.SelectMany(static all => all).Where(scene => wanted?.Contains(scene.Code) != false)];
        var complaints = new ConcurrentBag<string>();
        // They wait for time to pass more than they work; the one that waits longest is among the first.
        Thread[] threads = [.. scenes.Select(scene => new Thread(() =>
        {
            try
            {
                if (scene.Complaint(scene.Run(scene)) is { } complaint)
                {
                    complaints.Add(complaint);
                }
            }
            catch (Exception e)
            {
                complaints.Add($"{scene.Name}: {e}");
            }
        }))];
        Array.ForEach(threads, static t => t.Start());
        Array.ForEach(threads, static t => t.Join());
        Assert.True(complaints.IsEmpty, string.Join("\n\n", complaints));
    }

    /// <summary>A server with an image and two clients whose roots are made, and the trouble in it.</summary>
    private static string InBox(FaultScene scene, Action<BootBox> trouble, string config = "", Func<BootBox, IDisposable?>? prepare = null)
    {
        using var box = new BootBox("[dhcp]\nmode = server\n" + config);
        using IDisposable? prepared = prepare?.Invoke(box);
        s_makers.Wait();
        try
        {
            box.Bramble("image", "add", PiDisk.Make(box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
            box.Start();
            box.Bramble("client", "add", "kiosk", "--board", Serial);
            box.Bramble("client", "add", "lobby", "--board", PreparedFleet.SerialOf(1));
            WaitForRoots(box);
            PiFiles.Write(BootFolder(box), 12_000_000);
        }
        finally
        {
            s_makers.Release();
        }

        trouble(box);
        return scene.WaitFor(box.Server);
    }

    /// <summary>The same, with a cable that can be made a bad one.</summary>
    private static string OnCable(FaultScene scene, Action<BootBox, ImpairedLink> trouble)
    {
        ImpairedLink? cable = null;
        return InBox(scene, box => trouble(box, cable!), prepare: box => cable = new ImpairedLink(box.Segment));
    }

    /// <summary>A server with clients whose boards are off, and the trouble in it.</summary>
    private static string Quietly(FaultScene scene, Action<PreparedBox> trouble, Action<PreparedBox>? prepare = null, string config = "", int boards = 2)
    {
        using var box = new PreparedBox(boards, config: config);
        prepare?.Invoke(box);
        box.Start();
        trouble(box);
        return scene.WaitFor(box.Server);
    }

    private static JsonElement[] Clients(BootBox box) => [.. JsonDocument.Parse(box.Bramble("status", "--json")).RootElement.GetProperty("clients").EnumerateArray()];

    private static void WaitForRoots(BootBox box) =>
        Wait.Until(() => Clients(box).All(static c => c.GetProperty("rootState").GetString() == "ready"), s_soon, () => box.Server.Output);

    /// <summary>A client's boot folder, as the server remembers it.</summary>
    private static string BootFolder(BootBox box, string client = "kiosk") => JsonDocument.Parse(File.ReadAllText(Path.Combine(box.Folder, "state", "roots", client + ".json")))
        .RootElement.GetProperty("root").GetProperty("bootFolder").GetString()!;

    private static string AddressOf(BootBox box, string client) =>
        Clients(box).Single(c => c.GetProperty("name").GetString() == client).GetProperty("address").GetString()!;

    private static string[] BoardCommand(Segment segment, string[] more)
    {
        return [.. Segment.In(segment.BoardNamespace, Repository.VirtualPi, [
            "--model", "4b", .. unless("--serial", Serial), .. unless("--interface", "pi0"), "--timeout", "60", .. more])];

        string[] unless(string option, string value) => more.Contains(option) ? [] : [option, value];
    }

    /// <summary>Switches a board on and waits until it has loaded everything or given up.</summary>
    private static void Boot(BootBox box, params string[] more) => Boot(box.Segment, more);

    // 0: it has loaded everything; 1: it has given up, which most scenes are about.
    private static void Boot(Segment segment, params string[] more) => Shell.TryRun("ip", BoardCommand(segment, more)).Expect(0, 1);

    /// <summary>Switches a board on; its power is cut when the result is disposed of.</summary>
    private static RunningProgram SwitchOn(BootBox box, params string[] more) => new("ip", BoardCommand(box.Segment, more));

    /// <summary>A board asks for an address and for these files, and says nothing more.</summary>
    /// <param name="box">The server.</param>
    /// <param name="recording">The recorded boot that it begins like.</param>
    /// <param name="files">What it asks for, and what comes of it: full, probe or not_found.</param>
    private static void Play(BootBox box, string recording, params (string Path, string Expect)[] files) =>
        Assert.Equal(0, box.VirtualPi("replay", "--transcript", Recordings.WriteShort(box.Folder, recording, files), "--interface", "pi0").ExitCode);

    private static void Slow(BootBox box, string rate) =>
        Shell.Run("tc", "-n", box.Segment.ServerNamespace, "qdisc", "add", "dev", "srv0", "root", "tbf", "rate", rate, "burst", "16k", "latency", "200ms");

    /// <summary>How much the server's machine has sent.</summary>
    private static long SentBytes(BootBox box) => JsonDocument.Parse(Shell.Run("ip", "-n", box.Segment.ServerNamespace, "-json", "-stats", "link", "show", "dev", "srv0"))
        .RootElement[0].GetProperty("stats64").GetProperty("tx").GetProperty("bytes").GetInt64();

    /// <summary>Has a machine ask by ARP, which says what address it has.</summary>
    private static bool Say(Station station)
    {
        Shell.Run("ip", "-n", station.Namespace, "neigh", "flush", "dev", Station.Interface);
        // 1: no answer came, because it went to the other machine of this address. The question was asked.
        station.TryRun("ping", "-c", "1", "-W", "1", "10.77.0.1").Expect(0, 1);
        return true;
    }
}
