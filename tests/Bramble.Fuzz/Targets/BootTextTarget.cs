using System.Text;
using Bramble.Fleet.Beacon;
using Bramble.Fleet.BootFiles;
using Bramble.Fleet.Clients;
using Bramble.Fuzz.Engine;
using Bramble.Fuzz.Inputs;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;
using static Bramble.Fuzz.Engine.FuzzFailureException;

namespace Bramble.Fuzz.Targets;

/// <summary>What clients write and the boot server reads: config.txt and cmdline.txt of a boot folder, the up-beacon.</summary>
internal sealed class BootTextTarget : IFuzzTarget
{
    private static readonly ClientRoot s_root = new()
    {
        Client = "pi", Image = "pi", Kind = RootKind.Nfs, BootFolder = "/srv/boot", RootFolder = "/srv/root",
    };

    public string Name => "boot-text";

    public Mutator Mutator { get; } = TextMutations.Of(
        (byte)'\n', "kernel=", "kernel=vmlinuz", "cmdline=x.txt", "initramfs initrd.img followkernel", "[all]", "[pi4]", "#", "=", "\"", "root=PARTUUID=1-02", "nfsroot=1.2.3.4:/evil",
        "ip=1.2.3.4", "init=/bin/sh", "ISCSI_TARGET_IP=1.2.3.4", "rootwait", "\r", "\0", "\u0085", "\u2028", "bramble-up 1 ", "-", " ");

    public IEnumerable<byte[]> Seeds =>
    [
        [.. "console=serial0,115200 console=tty1 root=PARTUUID=aabbccdd-02 rootfstype=ext4 fsck.repair=yes rootwait quiet init=/usr/lib/raspberrypi-sys-mods/firstboot\n"u8],
        [.. "# a comment\narm_64bit=1\nkernel=vmlinuz\ncmdline=nobtcmd.txt\n[pi5]\nkernel = \"RPI_EFI.fd\"\n"u8],
        [.. "bramble-up 1 pi-91cdf03d 0123456789abcdef0123456789abcdef 01234567-89ab-cdef-0123-456789abcdef\n"u8],
        [.. "dyndbg=\"file a.c +p\" root=/dev/nfs nfsroot=10.0.0.1:/x,vers=3 ip=dhcp\n"u8],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        string line = CommandLine.Make(text, s_root, Ipv4Address.Parse("10.42.0.1"), []);
        Require(line.EndsWith('\n') && line.AsSpan(0, line.Length - 1).IndexOfAny("\r\n\0") < 0, "a command line of more than one line");
        List<string> words = CommandLine.Split(line.AsSpan(0, line.Length - 1));
        bool quoteStaysOpen = line.AsSpan().Count('"') % 2 != 0;
        Require(quoteStaysOpen || words.Count(w => w.StartsWith("nfsroot=", StringComparison.Ordinal)) == 1, "the client's own root is not the only one");
        Require(quoteStaysOpen || words.Count(w => w.StartsWith("root=", StringComparison.Ordinal)) == 1, "another root is named");

        ConfigText config = ConfigText.Parse(text);
        Require(config.Kernels.Concat(config.CommandLines).All(n => n.Length > 0 && !n.Contains('\n')), "a file name of config.txt is impossible");
        byte[] longer = ConfigText.Append(input, ["dtparam=audio=on"]);
        Require(longer.AsSpan().StartsWith(input) && longer.AsSpan().EndsWith("\n[all]\ndtparam=audio=on\n"u8) || input.IsEmpty, "added lines change what was there");

        bool up = UpBeacon.TryParse(input, out string client, out string token, out string bootId);
        Require(!up || (ClientName.IsValid(client) && token.Length == UpBeacon.TokenLength && bootId.Length == UpBeacon.BootIdLength), "a malformed beacon is taken");
        Coverage.Outcome(5000 + (up ? 1 : 0) + (config.Kernels.Count > 0 ? 2 : 0) + (config.CommandLines.Count > 0 ? 4 : 0));
    }
}
