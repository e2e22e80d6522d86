using Bramble.VirtualPi.Boot;
using Bramble.VirtualPi.Models;

namespace Bramble.VirtualPi.Tests.Scripted;

/// <summary>A board and a scripted server joined by a wire, in virtual time.</summary>
internal sealed class Bench
{
    private readonly PriorityQueue<byte[], (TimeSpan At, int Order)> _wire = new();
    private readonly List<PiBoot> _boards = [];
    private readonly BoardGroup _group;
    private TimeSpan _now;
    private int _order;

    public Bench(PiProfile profile, ServerScript script, IExpectedFiles? expected = null, int attempts = 1, PiIdentity? identity = null)
        : this(profile, script, [identity ?? PiIdentity.Create(profile.Model, 0x8b07bcc6)], expected, attempts)
    {
    }

    public Bench(PiProfile profile, ServerScript script, IReadOnlyList<PiIdentity> identities, IExpectedFiles? expected = null, int attempts = 1)
    {
        Server = new ScriptedServer(script);
        foreach (PiIdentity identity in identities)
        {
            var settings = new PiBootSettings { Profile = profile, Identity = identity, Expected = expected ?? AnyFiles.Instance, Attempts = attempts };
            _boards.Add(new PiBoot(settings, Send, Events.Add));
        }

        _group = new BoardGroup(_boards);
    }

    public ScriptedServer Server { get; }

    public List<StageEvent> Events { get; } = [];

    public List<(TimeSpan At, byte[] Frame)> Sent { get; } = [];

    /// <summary>Frames that come in from others, by time.</summary>
    public void Inject(TimeSpan at, byte[] frame) => _wire.Enqueue(frame, (at, _order++));

    /// <summary>Runs to the end of the boot; gives the fault's code, or "loaded", for each board.</summary>
    public string Run(double seconds = 400)
    {
        TimeSpan limit = TimeSpan.FromSeconds(seconds);
        _group.PowerOn();
        while (!_group.Ended && _now < limit)
        {
            TimeSpan deadline = _group.Deadline < limit ? _group.Deadline : limit;
            if (_wire.TryPeek(out byte[]? frame, out (TimeSpan At, int Order) arrival) && arrival.At <= deadline)
            {
                _wire.Dequeue();
                _now = arrival.At > _now ? arrival.At : _now;
                _group.Accept(frame, _now);
            }
            else
            {
                _now = deadline;
                _group.Tick(_now);
            }
        }

        return string.Join(' ', _boards.Select(b => b.Fault?.Code ?? (b.Loaded is null ? "hangs" : "loaded")));
    }

    public LoadedSystem? Loaded => _boards[0].Loaded;

    public string? FaultText => _boards[0].Fault?.Message;

    /// <summary>The files of a Raspberry Pi OS boot folder, for every model, small.</summary>
    public static Dictionary<string, byte[]> BootFiles(string prefix = "8b07bcc6/", string config = "auto_initramfs=1\ndtoverlay=vc4-kms-v3d\n")
    {
        var random = new Random(1);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string name in (string[])
            ["start.elf", "start4.elf", "fixup.dat", "fixup4.dat", "kernel8.img", "initramfs8", "kernel_2712.img", "initramfs_2712",
             "bcm2710-rpi-3-b.dtb", "bcm2710-rpi-3-b-plus.dtb", "bcm2711-rpi-4-b.dtb", "bcm2712-rpi-5-b.dtb", "overlays/overlay_map.dtb",
             "overlays/vc4-kms-v3d.dtbo"])
        {
            byte[] content = new byte[random.Next(1, 9000)];
            random.NextBytes(content);
            files[prefix + name] = content;
        }

        files["bootcode.bin"] = new byte[2048];
        files[prefix + "config.txt"] = System.Text.Encoding.ASCII.GetBytes(config);
        files[prefix + "cmdline.txt"] = "console=serial0,115200 root=/dev/nfs ip=dhcp\n"u8.ToArray();
        return files;
    }

    private void Send(byte[] frame)
    {
        Sent.Add((_now, frame));
        foreach ((TimeSpan delay, byte[] answer) in Server.Answer(frame))
        {
            Inject(_now + delay, answer);
        }
    }
}
