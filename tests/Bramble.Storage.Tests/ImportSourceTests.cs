using System.IO.Compression;
using System.Security.Cryptography;
using Bramble.Storage.Contract;
using Bramble.Storage.Tests.Support;
using Xunit;

namespace Bramble.Storage.Tests;

/// <summary>What an image can be made from, besides a disk image in a file.</summary>
[Trait("kind", "integration")]
public sealed class ImportSourceTests
{
    private static readonly CancellationToken s_never = CancellationToken.None;

    [Theory]
    [InlineData("cat")]
    [InlineData("xz -1 -c")]
    [InlineData("zstd -q -c")]
    [InlineData("gzip -1 -c")]
    public async Task A_stream_is_read_once_and_forwards(string pack)
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = box.Open();
        string file = await new PiImage().MakeAsync(box.Folder);
        await Shell.RunAsync($"{pack} {file} > {box.Folder}/packed");
        byte[] packed = await File.ReadAllBytesAsync($"{box.Folder}/packed");
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(packed));
        ImportRequest request = new() { Source = "https://example.org/pi.img", Name = "pi@2026-10-01", Sha256 = sha256.ToUpperInvariant(), Length = packed.Length };
        List<ImportProgress> told = [];
        ImageInfo image = await storage.ImportImageAsync(request, new Forwards(packed), new Listener(told), s_never);
        Assert.Equal(("pi@2026-10-01", "pi.img", sha256, true), (image.Name, image.Source, image.Sha256, image.CanNfs));
        Assert.Contains(told, one => one.Done == packed.Length && one.Total == packed.Length);
        Assert.Equal("pi-1", (await storage.PrepareRootAsync(Box.Request("pi-1", image: image.Name), s_never)).Client);

        // Other bytes, too few of them, too many of them.
        await RefusedAsync("not the file that was meant", request with { Sha256 = new string('0', 64) }, packed);
        await RefusedAsync("broke off", request with { Length = packed.Length + 1, Sha256 = null }, packed);
        await RefusedAsync("broke off", request with { Length = packed.Length - 1, Sha256 = null }, packed);
        await RefusedAsync("is empty", request, []);
        await RefusedAsync("64 hexadecimal digits", request with { Sha256 = "12" }, packed);

        async Task RefusedAsync(string words, ImportRequest wrong, byte[] content)
        {
            await RootTests.AssertRefusedAsync(words, () => storage.ImportImageAsync(wrong with { Name = "other" }, new Forwards(content), null, s_never));
            Assert.Equal(["pi@2026-10-01"], (await storage.ListImagesAsync(s_never)).Select(one => one.Name));
            Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));
        }
    }

    [Theory]
    [InlineData(CompressionLevel.Fastest, true)]
    [InlineData(CompressionLevel.Fastest, false)]
    [InlineData(CompressionLevel.NoCompression, true)]
    public async Task A_zip_archive_as_raspberry_pi_publishes_them_is_unpacked_on_the_way(CompressionLevel level, bool isSeekable)
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = box.Open();
        byte[] image = await File.ReadAllBytesAsync(await new PiImage().MakeAsync(box.Folder));
        byte[] zip = Zip(isSeekable, level, ("2026-10-01-raspios.img", image));
        ImageInfo made = await storage.ImportImageAsync(new ImportRequest { Source = "standard input", Name = "pi" }, new Forwards(zip), null, s_never);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(zip)), made.Sha256);
        await File.WriteAllBytesAsync($"{box.Folder}/a.zip", zip);
        Assert.Equal("a", (await storage.AddImageAsync($"{box.Folder}/a.zip", null, null, s_never)).Name);

        // A bit that fell over in the content, an end that is missing. Where an image is empty, a wrong bit may still unpack to the same.
        byte[] noise = new byte[300_000];
        Random.Shared.NextBytes(noise);
        byte[] spoiled = Zip(isSeekable, level, ("pi.img", noise));
        spoiled[spoiled.Length / 2] ^= 0x10;
        await RootTests.AssertRefusedAsync("damaged", () => ImportAsync(spoiled));
        await RootTests.AssertRefusedAsync("damaged", () => ImportAsync(zip[..(zip.Length * 3 / 4)]));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));

        Task ImportAsync(byte[] content) => storage.ImportImageAsync(new ImportRequest { Source = "bad.zip", Name = "bad" }, new Forwards(content), null, s_never);
    }

    [Fact]
    public async Task What_else_a_zip_archive_may_hold_is_passed_over_or_refused()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = box.Open();
        byte[] image = await File.ReadAllBytesAsync(await new PiImage().MakeAsync(box.Folder));
        await ImportAsync(Zip(true, CompressionLevel.Fastest, ("readme.txt", [1, 2, 3]), ("a/", []), ("__MACOSX/._pi.img", [4]), ("a/PI.IMG", image)), "pi");
        await ImportAsync(Zip(false, CompressionLevel.Fastest, ("readme.txt", new byte[1000]), ("pi.img", image)), "streamed");
        byte[] none = Zip(true, CompressionLevel.Fastest, ("readme.txt", [1, 2, 3]));
        await RootTests.AssertRefusedAsync("a.zip is a zip archive without a disk image (.img).", () => ImportAsync(none, "x"));
        await File.WriteAllBytesAsync($"{box.Folder}/none.zip", none);
        await RootTests.AssertRefusedAsync("without a disk image (.img). Found: readme.txt", () => storage.AddImageAsync($"{box.Folder}/none.zip", "x", null, s_never));
        byte[] two = Zip(true, CompressionLevel.Fastest, ("a.img", image), ("b/b.img", [1, 2]));
        await RootTests.AssertRefusedAsync("holds 2 disk images: a.img, b/b.img. Unpack it and give one of them", () => ImportAsync(two, "x"));
        byte[] encrypted = Zip(true, CompressionLevel.Fastest, ("pi.img", new byte[1000]));
        encrypted[6] |= 1;
        await RootTests.AssertRefusedAsync("encrypted", () => ImportAsync(encrypted, "x"));
        byte[] odd = Zip(true, CompressionLevel.Fastest, ("pi.img", image));
        odd[8] = 97;
        await RootTests.AssertRefusedAsync("method (97", () => ImportAsync(odd, "x"));

        // Hostile numbers in a header end in words, never in anything else.
        byte[] good = Zip(true, CompressionLevel.Fastest, ("readme.txt", [1, 2, 3]), ("pi.img", [5, 6, 7]));
        Random random = new(7);
        for (int i = 0; i < 300; i++)
        {
            byte[] hostile = [.. good];
            for (int bytes = random.Next(1, 6); bytes > 0; bytes--)
                hostile[random.Next(4, 60)] = (byte)random.Next(256);
            await Assert.ThrowsAsync<StorageException>(() => ImportAsync(hostile, "x"));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));

        Task<ImageInfo> ImportAsync(byte[] content, string name) => storage.ImportImageAsync(new ImportRequest { Source = "a.zip", Name = name }, new Forwards(content), null, s_never);
    }

    [Fact]
    public async Task A_small_archive_that_unpacks_without_end_is_stopped()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = box.Open(box.Options with { MaximumImageBytes = 10_000_000 });
        byte[] zip = Zip(true, CompressionLevel.Fastest, ("pi.img", new byte[50_000_000]));
        await RootTests.AssertRefusedAsync("limit", () => storage.ImportImageAsync(new ImportRequest { Source = "a.zip", Name = "x" }, new Forwards(zip), null, s_never));
    }

    [Theory]
    [InlineData("btrfs")]
    [InlineData("ext4")]
    public async Task A_folder_or_a_tarball_with_a_root_tree_becomes_an_image(string filesystem)
    {
        await using Box box = await Box.MakeAsync(filesystem);
        StorageService storage = box.Open();
        ImageInfo origin = await storage.AddImageAsync(await new PiImage().MakeAsync(box.Folder), "pi", null, s_never);
        string tree = $"{box.Folder}/tree";
        await Shell.RunAsync($"cp -a {origin.RootFolder} {tree}; cp -a {origin.BootFolder}/. {tree}/boot/firmware/; tar -C {tree} -cf {box.Folder}/tree.tar .; zstd -q {box.Folder}/tree.tar");
        foreach (string source in new[] { tree, $"{box.Folder}/tree.tar", $"{box.Folder}/tree.tar.zst" })
        {
            string name = $"from-{Path.GetFileName(source).Replace('.', '-')}";
            ImageInfo image = await storage.AddImageAsync(source, name, null, s_never);
            Assert.Equal(("/boot/firmware", "Debian GNU/Linux 13 (trixie)", true, true), (image.BootMountPoint, image.Distribution, image.CanNfs, image.CanIscsi));
            Assert.Equal(source == tree, image.Sha256.Length == 0);
            Assert.True(File.Exists($"{image.BootFolder}/kernel8.img"));
            Assert.Empty(Directory.EnumerateFileSystemEntries($"{image.RootFolder}/boot/firmware"));
            Assert.Equal("640 42 4755", await Shell.RunAsync($"cd {image.RootFolder}; echo $(stat -c '%a %g' etc/shadow) $(stat -c %a usr/bin/sudo)"));
            await storage.PrepareRootAsync(Box.Request(name, image: name), s_never);
        }

        Assert.True(File.Exists($"{tree}/boot/firmware/kernel8.img"));
        await Shell.RunAsync($"rm -rf {tree}/boot/firmware; ln -s /etc {tree}/boot/firmware; tar -C {tree} -cf {box.Folder}/noboot.tar .");
        foreach (string source in new[] { tree, $"{box.Folder}/noboot.tar" })
            await RootTests.AssertRefusedAsync("no boot files", () => storage.AddImageAsync(source, "x", null, s_never));
        await RootTests.AssertRefusedAsync("has no SHA-256", () => storage.ImportImageAsync(new ImportRequest { Source = tree, Name = "x", Sha256 = new string('0', 64) }, null, null, s_never));
        await RootTests.AssertRefusedAsync("holds the data folder", () => storage.AddImageAsync(box.Folder, "x", null, s_never));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.Data}/tmp"));
    }

    [Fact]
    public async Task A_tarball_does_not_lead_to_the_host()
    {
        await using Box box = await Box.MakeAsync();
        StorageService storage = box.Open();
        string victim = $"{box.Folder}/victim";
        await Shell.RunAsync($"""
            mkdir -p {victim} {box.Folder}/t; cd {box.Folder}/t; echo mine > {victim}/file; echo theirs > file
            tar -cPf ../up.tar --transform 's,^file,../../../../victim/file,' file
            tar -cPf ../abs.tar --transform 's,^file,{victim}/file,' file
            ln -s {victim} link; tar -cf ../link.tar link; rm link; mkdir link; cp file link/file; tar -rf ../link.tar link/file
            """);
        foreach (string file in new[] { "up.tar", "abs.tar", "link.tar" })
        {
            await Assert.ThrowsAsync<StorageException>(() => storage.AddImageAsync($"{box.Folder}/{file}", "x", null, s_never));
            Assert.Equal("mine\n", await File.ReadAllTextAsync($"{victim}/file"));
        }
    }

    [Fact]
    public async Task An_image_is_renamed_and_checked()
    {
        await using Box box = await Box.MakeAsync("btrfs");
        StorageService storage = box.Open();
        await storage.AddImageAsync(await new PiImage().MakeAsync(box.Folder), "pi", null, s_never);
        ImageInfo renamed = await storage.RenameImageAsync("pi", "raspios@2026", s_never);
        Assert.Equal(("raspios@2026", $"{box.Data}/images/raspios@2026/boot"), (renamed.Name, renamed.BootFolder));
        Assert.Equal("raspios@2026", Assert.Single(await storage.ListImagesAsync(s_never)).Name);
        Assert.Empty(await storage.CheckImageAsync("raspios@2026", s_never));
        await storage.PrepareRootAsync(Box.Request("pi-1", RootKind.Iscsi, "raspios@2026"), s_never);
        Assert.Empty(await storage.CheckImageAsync("raspios@2026", s_never));
        await RootTests.AssertRefusedAsync("in use by pi-1", () => storage.RenameImageAsync("raspios@2026", "b", s_never));
        await RootTests.AssertRefusedAsync("no image pi", () => storage.RenameImageAsync("pi", "b", s_never));
        await RootTests.AssertRefusedAsync("already", () => storage.RenameImageAsync("b", "b", s_never));
        await Shell.RunAsync($"cd {renamed.BootFolder}; rm kernel8.img initramfs8; dd if=/dev/urandom of=../disk.img bs=1k seek=40 count=400 conv=notrunc status=none");
        IReadOnlyList<string> wrong = await storage.CheckImageAsync("raspios@2026", s_never);
        Assert.Contains(wrong, one => one.Contains("no kernel", StringComparison.Ordinal));
        Assert.Contains(wrong, one => one.Contains("initramfs8", StringComparison.Ordinal));
        Assert.Contains(wrong, one => one.Contains("disk.img is damaged", StringComparison.Ordinal));
    }

    private static byte[] Zip(bool isSeekable, CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using MemoryStream memory = new();
        using (ZipArchive zip = new(isSeekable ? memory : new Forwards(memory), ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream stream = zip.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        }

        return memory.ToArray();
    }

    private sealed class Listener(List<ImportProgress> told) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            lock (told)
                told.Add(value);
        }
    }

    /// <summary>A pipe: no way back, no length, and bytes come as they like.</summary>
    private sealed class Forwards(Stream inner) : Stream
    {
        public Forwards(byte[] content)
            : this(new MemoryStream(content))
        {
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, 60_000));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer[..Math.Min(buffer.Length, 60_000)], cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
