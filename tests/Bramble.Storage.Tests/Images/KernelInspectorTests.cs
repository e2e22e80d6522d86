using System.Buffers.Binary;
using System.Text;
using Bramble.Storage.Contract;
using Bramble.Storage.Images;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests.Images;

public sealed class KernelInspectorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bramble-kernel-").FullName;

    [Fact]
    public async Task A_kernel_says_what_it_is_in_every_packing()
    {
        byte[] arm64 = Image("6.12.47+rpt-rpi-v8", isArm64: true);
        await File.WriteAllBytesAsync($"{_folder}/kernel_2712.img", arm64);
        await File.WriteAllBytesAsync($"{_folder}/plain", arm64);
        await File.WriteAllBytesAsync($"{_folder}/arm", Image("6.12.47+rpt-rpi-v7", isArm64: false));
        await File.WriteAllBytesAsync($"{_folder}/arm6", Image("6.12.47+rpt-rpi-v6", isArm64: false));
        await Shell.RunAsync($"""
            cd {_folder}; gzip -nc plain > kernel8.img; zstd -q plain -o p.zst; gzip -n9 < arm > a.gz; gzip -n9 < arm6 > b.gz
            rm plain arm arm6
            """);
        await File.WriteAllBytesAsync($"{_folder}/vmlinuz-6.12-arm64", [.. Zboot("zstd"), .. File.ReadAllBytes($"{_folder}/p.zst")]);
        await File.WriteAllBytesAsync($"{_folder}/kernel7.img", [.. SelfUnpacking(), .. File.ReadAllBytes($"{_folder}/a.gz")]);
        await File.WriteAllBytesAsync($"{_folder}/kernel.img", [.. SelfUnpacking(), .. File.ReadAllBytes($"{_folder}/b.gz")]);

        IReadOnlyList<KernelInfo> found = await KernelInspector.InspectAsync(_folder, ["bcm2708-rpi-b.dtb", "bcm2710-rpi-3-b.dtb", "bcm2710-rpi-zero-2-w.dtb", "bcm2711-rpi-4-b.dtb", "bcm2712-rpi-5-b.dtb"], null, CancellationToken.None);

        Assert.Equal(
            [
                "kernel.img 6.12.47+rpt-rpi-v6 armv6 1", "kernel7.img 6.12.47+rpt-rpi-v7 armv7 3 Zero 2", "kernel8.img 6.12.47+rpt-rpi-v8 arm64 3 Zero 2 4 5",
                "kernel_2712.img 6.12.47+rpt-rpi-v8 arm64 5", "vmlinuz-6.12-arm64 6.12.47+rpt-rpi-v8 arm64 3 Zero 2 4 5",
            ],
            found.Select(one => $"{one.File} {one.Version} {one.Architecture} {string.Join(' ', one.Models)}"));
    }

    [Fact]
    public async Task Bad_bytes_are_a_kernel_of_which_nothing_is_known()
    {
        byte[] zboot = Zboot("gzip");
        BinaryPrimitives.WriteUInt32LittleEndian(zboot.AsSpan(8), uint.MaxValue);
        byte[][] files = [[], [1], [0x1F, 0x8B, 1, 2, 3, 4, 5], SelfUnpacking(), Zboot("lzma"), zboot, Encoding.ASCII.GetBytes("Linux version %s (%s)"), Encoding.ASCII.GetBytes("Linux version 6")];
        for (int i = 0; i < files.Length; i++)
            await File.WriteAllBytesAsync($"{_folder}/Image{i}", files[i]);
        IReadOnlyList<KernelInfo> found = await KernelInspector.InspectAsync(_folder, ["x.dtb"], null, CancellationToken.None);
        Assert.Equal(files.Length, found.Count);
        Assert.All(found, static one => Assert.Null(one.Version));
        Assert.All(found, static one => Assert.Empty(one.Models));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The banner stands across the end of the first piece that is read, behind its own format string.</summary>
    private static byte[] Image(string release, bool isArm64)
    {
        byte[] image = new byte[(1 << 20) + 4096];
        new Random(1).NextBytes(image);
        image.AsSpan(0, 64).Clear();
        if (isArm64)
            "ARM\x64"u8.CopyTo(image.AsSpan(56));
        "Linux version %s (%s)\n"u8.CopyTo(image.AsSpan(1000));
        Encoding.ASCII.GetBytes($"Linux version {release} (serge@raspberrypi.com) (gcc)").CopyTo(image, (1 << 20) - 10);
        return image;
    }

    private static byte[] Zboot(string compression)
    {
        byte[] head = new byte[512];
        "MZ"u8.CopyTo(head);
        "zimg"u8.CopyTo(head.AsSpan(4));
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(8), (uint)head.Length);
        Encoding.ASCII.GetBytes(compression).CopyTo(head, 24);
        return head;
    }

    private static byte[] SelfUnpacking()
    {
        byte[] head = new byte[5000];
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(0x24), 0x016F2818);
        return head;
    }
}
