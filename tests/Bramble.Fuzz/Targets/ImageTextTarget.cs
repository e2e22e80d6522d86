using System.Text;
using Bramble.Fuzz.Engine;
using Bramble.Fuzz.Inputs;
using Bramble.Storage.Contract;
using Bramble.Storage.Editing;
using Bramble.Storage.Images;
using Bramble.Storage.Targets;
using static Bramble.Fuzz.Engine.FuzzFailureException;

namespace Bramble.Fuzz.Targets;

/// <summary>What an image that somebody made may hold, and the storage process reads as root: its texts, a partition table, superblocks, a cpio archive.</summary>
internal sealed class ImageTextTarget : IFuzzTarget
{
    public string Name => "image";

    public Mutator Mutator { get; } = TextMutations.Of(
        (byte)'\n', "PARTUUID=aabbccdd-01 /boot/firmware vfat defaults 0 2", "/dev/mmcblk0p2 / ext4 defaults", "none swap swap sw", "#", "\t", "127.0.1.1", "iface eth0 inet dhcp",
        "PRETTY_NAME=\"", "\"partitiontable\":{", "\"start\":18446744073709551615", "\"size\":0", "\"sectorsize\":4096", "}", "070701", "00000001", "TRAILER!!!", "\u0000", "Target 1: x", "\r");

    public IEnumerable<byte[]> Seeds =>
    [
        [.. "proc /proc proc defaults 0 0\nPARTUUID=aabbccdd-01 /boot/firmware vfat defaults 0 2\nPARTUUID=aabbccdd-02 / ext4 defaults,noatime 0 1\n/dev/zram0 none swap sw 0 0\n"u8],
        [.. "127.0.0.1\tlocalhost\n127.0.1.1\traspberrypi\n::1 localhost\n"u8],
        [.. "auto eth0\niface eth0 inet dhcp\niface enxb827eb000001 inet static\n  address 10.0.0.1\n"u8],
        [.. "{\"partitiontable\":{\"label\":\"dos\",\"unit\":\"sectors\",\"sectorsize\":512,\"partitions\":[\n{\"start\":8,\"size\":16,\"type\":\"c\"},\n{\"start\":24,\"size\":100,\"type\":\"83\"}]}}"u8],
        [.. "070701"u8, .. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("00000000", 11)) + "0000000A" + "00000000"), .. "init/file\0"u8, .. new byte[2]],
        [.. "Target 1: iqn.2026-01.x:pi\n    System information:\n    LUN information:\n        LUN: 1\n            Backing store path: /srv/x\n    Account information:\n        pi\n    ACL information:\n        10.0.0.5\n"u8],
        [.. new byte[1024 + 56], 0x53, 0xEF, .. new byte[400]],
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.UTF8.GetString(input);
        string fstab = FstabText.WithoutLocalDisks(text);
        Require(FstabText.WithoutLocalDisks(fstab) == fstab, "switching local disks off twice is not once");
        string mine = FstabText.WithClientLines(fstab, "/boot/firmware", "server:/boot /boot/firmware nfs ro 0 0", null);
        Require(FstabText.WithClientLines(mine, "/boot/firmware", "server:/boot /boot/firmware nfs ro 0 0", null) == mine, "a client's lines pile up");
        _ = FstabText.BootMountPoint(text);
        string hosts = HostsText.WithHostName(text, "pi");
        Require(HostsText.WithHostName(hosts, "pi") == hosts, "a host's name piles up");
        string line = CmdlineText.ForNetworkBoot(text);
        Require(line.IndexOf('\n') == line.Length - 1, "a command line of more than one line");
        string interfaces = InterfacesText.WithManualBootInterface(text);
        Require(InterfacesText.WithManualBootInterface(interfaces) == interfaces, "a manual interface is not manual");
        _ = OsRelease.Parse(text);
        _ = TargetStateText.Parse(text);
        _ = FilesystemProbe.Of(input);
        CheckTable(text);
        CheckCpio(input.ToArray());
    }

    private static void CheckTable(string json)
    {
        const long length = 200 * 512;
        try
        {
            foreach (Partition partition in PartitionTable.Parse(json, length, "image"))
            {
                Require(partition.Offset >= 0 && partition.Length > 0 && partition.Offset + partition.Length <= length, "a partition reaches over the end");
                Coverage.Outcome(6000);
            }
        }
        catch (StorageException)
        {
            Coverage.Outcome(6001);
        }
    }

    private static void CheckCpio(byte[] input)
    {
        var names = new CpioNames(new MemoryStream(input), static name => Coverage.Outcome(6010 + Math.Min(5, name.Length)));
        try
        {
            names.ReadAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (InvalidDataException)
        {
            Coverage.Outcome(6002);
        }
    }
}
