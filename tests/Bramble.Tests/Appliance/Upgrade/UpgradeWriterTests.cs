using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using Bramble.Appliance.Upgrade;
using Bramble.Storage.Contract;
using Xunit;

namespace Bramble.Tests.Appliance.Upgrade;

/// <summary>A box's boot partition as a folder and its second system partition as a file.</summary>
public sealed class UpgradeWriterTests : IDisposable
{
    private const string Entry = "version @GENERATION@-2.0\nlinux /bramble/@SLOT@/linux\noptions root=PARTLABEL=bramble-@SLOT@ ro\n";
    private static readonly byte[] s_system = RandomNumberGenerator.GetBytes(3_000_001);
    private readonly string _boot = Directory.CreateTempSubdirectory("bramble-upgrade-test-").FullName;
    private readonly string _partition;
    private readonly Dictionary<string, byte[]> _parts = new()
    {
        ["text/entry.conf"] = Encoding.UTF8.GetBytes(Entry),
        ["text/cmdline.txt"] = "root=PARTLABEL=bramble-@SLOT@"u8.ToArray(),
        ["boot/linux"] = RandomNumberGenerator.GetBytes(70_000),
        ["boot/overlays/one.dtbo"] = [1, 2, 3],
        ["system"] = s_system,
    };

    public UpgradeWriterTests()
    {
        Directory.CreateDirectory(Path.Combine(_boot, "loader", "entries"));
        Directory.CreateDirectory(Path.Combine(_boot, "bramble", "b"));
        File.WriteAllText(EntryFile("a"), "version 4-1.0\n");
        File.WriteAllText(EntryFile("b"), "version 3-0.9\n");
        File.WriteAllText(Path.Combine(_boot, "bramble", "b", "old"), "old");
        _partition = Path.Combine(_boot, "partition");
        File.WriteAllBytes(_partition, new byte[4 << 20]);
    }

    public void Dispose() => Directory.Delete(_boot, recursive: true);

    [Fact]
    public async Task An_upgrade_is_written_whole_and_gets_one_try()
    {
        UpgradeManifest manifest = await WriteAsync(Archive());
        Assert.Equal("2.0", manifest.Version);
        Assert.Equal(s_system, File.ReadAllBytes(_partition).AsSpan(0, s_system.Length).ToArray());
        Assert.Equal(_parts["boot/linux"], File.ReadAllBytes(Path.Combine(_boot, "bramble", "b", "linux")));
        Assert.True(File.Exists(Path.Combine(_boot, "bramble", "b", "overlays", "one.dtbo")));
        Assert.False(File.Exists(Path.Combine(_boot, "bramble", "b", "old")));
        Assert.Equal("version 5-2.0\nlinux /bramble/b/linux\noptions root=PARTLABEL=bramble-b ro\n", File.ReadAllText(EntryFile("b+1")));
        Assert.Equal(["bramble-a.conf", "bramble-b+1.conf"], Entries());
    }

    [Theory]
    [InlineData("system")]
    [InlineData("boot/linux")]
    [InlineData("text/entry.conf")]
    public async Task A_damaged_part_leaves_only_the_running_system_to_start(string part)
    {
        byte[] archive = Archive(damage: part);
        UpgradeException e = await Assert.ThrowsAsync<UpgradeException>(() => WriteAsync(archive));
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.Equal(["bramble-a.conf"], Entries());
    }

    [Fact]
    public async Task An_upgrade_that_is_cut_off_anywhere_never_becomes_one_that_starts()
    {
        byte[] archive = Archive();
        for (int length = 0; length < archive.Length - 1024; length += 199_999)
        {
            await Assert.ThrowsAnyAsync<UpgradeException>(() => WriteAsync(archive[..length]));
            Assert.DoesNotContain(Entries(), static e => e.StartsWith("bramble-b+", StringComparison.Ordinal));
            Assert.Contains("bramble-a.conf", Entries());
        }
    }

    [Fact]
    public async Task What_nobody_signed_changes_nothing()
    {
        await Assert.ThrowsAsync<UpgradeException>(() => WriteAsync(Archive(), verify: static (_, _, _) => throw new UpgradeException("not signed")));
        Assert.Equal(["bramble-a.conf", "bramble-b.conf"], Entries());
    }

    [Fact]
    public async Task What_is_for_another_machine_or_too_large_changes_nothing()
    {
        Assert.Contains("it is for amd64", (await Assert.ThrowsAsync<UpgradeException>(() => WriteAsync(Archive(), architecture: "arm64"))).Message, StringComparison.Ordinal);
        File.WriteAllBytes(_partition, new byte[1 << 20]);
        Assert.Contains("has room for 1048576", (await Assert.ThrowsAsync<UpgradeException>(() => WriteAsync(Archive()))).Message, StringComparison.Ordinal);
        Assert.Equal(["bramble-a.conf", "bramble-b.conf"], Entries());
    }

    [Fact]
    public async Task Noise_is_refused() =>
        await Assert.ThrowsAsync<UpgradeException>(() => WriteAsync(RandomNumberGenerator.GetBytes(100_000)));

    [Fact]
    public void What_the_boot_loader_made_of_an_entry_tells_how_the_trial_went()
    {
        var starter = new LoaderEntries(_boot);
        Assert.True(starter.IsKept('b'));
        File.Move(EntryFile("b"), EntryFile("b+0-1"));
        Assert.False(starter.IsKept('b'));
        Assert.True(starter.HasFailed('b'));
        starter.Keep('b');
        Assert.True(starter.IsKept('b'));
        Assert.False(starter.HasFailed('b'));
        Assert.Equal(["bramble-a.conf", "bramble-b.conf"], Entries());
        starter.Withdraw('b');
        Assert.Equal(["bramble-a.conf"], Entries());
    }

    [Fact]
    public void A_Pis_firmware_tries_the_other_system_once_and_keeps_it_by_one_byte()
    {
        const string config = "# os_prefix=bramble/b/ is a remark\narm_64bit=1\nos_prefix=bramble/a/\n[pi5]\ndtparam=x\n";
        File.WriteAllText(Path.Combine(_boot, "config.txt"), config);
        var starter = new FirmwareConfig(_boot, Path.Combine(_boot, "config.txt"));
        Assert.Equal((true, "0 tryboot"), (starter.CanTry, starter.RestartParameter));
        Assert.False(new FirmwareConfig(_boot, Path.Combine(_boot, "vcio")).CanTry);
        Assert.True(starter.IsKept('a'));
        starter.TryOnce('b', new Dictionary<string, string> { ["cmdline.txt"] = "root=PARTLABEL=bramble-@SLOT@" });
        Assert.Equal(config, File.ReadAllText(Path.Combine(_boot, "config.txt")));
        Assert.Equal(config.Replace("\nos_prefix=bramble/a/", "\nos_prefix=bramble/b/", StringComparison.Ordinal), File.ReadAllText(Path.Combine(_boot, "tryboot.txt")));
        Assert.Equal("root=PARTLABEL=bramble-b", File.ReadAllText(Path.Combine(_boot, "bramble", "b", "cmdline.txt")));
        Assert.True(starter.HasFailed('b'));
        starter.Keep('b');
        Assert.True(starter.IsKept('b'));
        Assert.False(starter.IsKept('a'));
        Assert.False(starter.HasFailed('a'));
    }

    private Task<UpgradeManifest> WriteAsync(byte[] archive, string architecture = "amd64", Func<byte[], byte[], CancellationToken, Task>? verify = null) =>
        new UpgradeWriter('b', new LoaderEntries(_boot), _partition, _boot, verify ?? (static (_, _, _) => Task.CompletedTask))
            .WriteAsync(new MemoryStream(archive), architecture, new Nowhere(), TestContext.Current.CancellationToken);

    private string EntryFile(string name) => Path.Combine(_boot, "loader", "entries", $"bramble-{name}.conf");

    private string[] Entries() => [.. Directory.GetFiles(Path.Combine(_boot, "loader", "entries")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private byte[] Archive(string? damage = null)
    {
        string manifest = "bramble-upgrade 1\nversion 2.0\narchitecture amd64\n"
            + string.Concat(_parts.Select(p => $"{Convert.ToHexStringLower(SHA256.HashData(p.Value))} {p.Value.Length} {p.Key}\n"));
        var output = new MemoryStream();
        using (var tar = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true))
        {
            Add(tar, "manifest", Encoding.UTF8.GetBytes(manifest));
            Add(tar, "manifest.minisig", "signature"u8.ToArray());
            foreach ((string name, byte[] content) in _parts)
            {
                byte[] copy = [.. content];
                copy[^1] ^= name == damage ? (byte)1 : (byte)0;
                Add(tar, name, copy);
            }
        }

        return output.ToArray();
    }

    private static void Add(TarWriter tar, string name, byte[] content) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });

    private sealed class Nowhere : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
        }
    }
}
