using System.Text;
using Bramble.Fleet.BootFiles;
using Bramble.Fleet.Ports;
using Bramble.Tftp.Serving;

namespace Bramble.Fleet.Tests.Support;

/// <summary>Boot folders in memory: every folder holds the same files.</summary>
internal sealed class FakeReader : IBootFolderReader
{
    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal)
    {
        ["bootcode.bin"] = "bootcode",
        ["start4.elf"] = "start4",
        ["kernel8.img"] = "kernel",
        ["config.txt"] = "arm_64bit=1\nauto_initramfs=1\n",
        ["cmdline.txt"] = "console=serial0,115200 console=tty1 root=PARTUUID=a1b2c3d4-02 rootfstype=ext4 fsck.repair=yes rootwait quiet\n",
    };

    public HashSet<string> Denied { get; } = [];

    public List<string> Asked { get; } = [];

    public TftpOpenResult Open(string folder, string relativePath)
    {
        Asked.Add($"{folder}:{relativePath}");
        return Denied.Contains(relativePath) ? TftpOpenResult.Denied
            : Files.TryGetValue(relativePath, out string? text) ? TftpOpenResult.Of(new MadeContent(Encoding.UTF8.GetBytes(text)))
            : TftpOpenResult.NotFound;
    }
}
