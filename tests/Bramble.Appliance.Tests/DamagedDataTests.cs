using Bramble.Appliance.Tests.Lab;
using Xunit;

namespace Bramble.Appliance.Tests;

[Trait("kind", "vm")]
public sealed class DamagedDataTests
{
    [Fact]
    public void With_a_damaged_data_partition_it_starts_serves_and_says_so()
    {
        using var network = new LabNetwork();
        using var disk = new BoxDisk();
        string noise = Path.Combine(disk.Folder, "noise");
        Shell.Run("bash", "-euc", $"truncate -s 1G {noise}; mkfs.btrfs -q {noise} >/dev/null; for at in 64 65536 262144; do dd if=/dev/urandom of={noise} bs=1K seek=$at count=64 conv=notrunc status=none; done");
        disk.MakeDataPartition(noise);
        disk.PutOnBootPartition("bramble.conf", "[server]\r\nname = thicket\r\n");
        using var box = new Box(network, disk, "192.168.77.1");
        box.WaitUntilServing();
        string status = box.Ssh("bramble status --json");
        Assert.Contains("BR503", status, StringComparison.Ordinal);
        Assert.Equal("192.168.77.1", MulticastName.Resolve(network.Name, "thicket.local")?.ToString());
        Assert.Equal("tmpfs", box.Ssh("findmnt -n -o FSTYPE /srv").Trim());
        Assert.Equal("", box.Ssh("systemctl --failed --no-legend --plain").Trim());
    }
}
