using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests;

/// <summary>Images by the commands of the published binary: where they come from, what is said of them, what is changed in them.</summary>
[Trait("kind", "integration")]
public sealed class ImageTests
{
    [Fact]
    public void An_image_comes_from_a_web_server_standard_input_or_a_disk_and_is_the_same()
    {
        using var box = new BootBox();
        string image = PiDisk.Make(box.Folder, "pi.img", PiDisk.EveryModel());
        Shell.Run("bash", "-euc", $"cd {box.Folder}; xz -k -0 -T0 pi.img; zstd -q pi.img");
        using (ZipArchive zip = ZipFile.Open(Path.Combine(box.Folder, "pi.zip"), ZipArchiveMode.Create))
        {
            zip.CreateEntryFromFile(image, "pi.img", CompressionLevel.Fastest);
        }

        string sha256 = Shell.Run("sha256sum", $"{image}.xz").Split(' ')[0];
        using var web = new WebFolder(box.Folder);

        box.Bramble("image", "add", $"{web.Address}/pi.img.xz", "--sha256", sha256);
        box.Bramble("image", "add", $"{web.Address}/there/pi.zip", "--name", "zip@2026-10-01");
        Assert.Equal(0, Shell.TryRun("bash", "-euc", $"cat {image}.zst | DBUS_SYSTEM_BUS_ADDRESS={box.Bus.Address} {Repository.Bramble} image add - --name input").ExitCode);
        string disk = Shell.Run("losetup", "--find", "--show", "--read-only", image).Trim();
        try
        {
            box.Bramble("image", "add", disk, "--name", "disk");
        }
        finally
        {
            Shell.Run("losetup", "--detach", disk);
        }

        string[] names = ["pi", "zip@2026-10-01", "input", "disk"];
        Assert.All(names, name => Assert.Contains("Whole", box.Bramble("image", "check", name), StringComparison.Ordinal));
        string[] trees = [.. names.Select(name => Shell.Run("bash", "-euc", $"cd {box.DataFolder}/images/{name}; find boot root -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum"))];
        Assert.Single(trees.Distinct());

        // What is wrong is said, and nothing of it is left.
        (string Words, string[] Arguments)[] refused =
        [
            ("404", [$"{web.Address}/nothing.img", "--name", "x"]),
            ("is not the file that was meant", [$"{web.Address}/pi.img.xz", "--name", "x", "--sha256", new string('a', 64)]),
            ("cannot be fetched", [$"{web.Address}/short/pi.img.xz", "--name", "x"]),
            ("pi already", [$"{web.Address}/pi.img.xz"]),
            ("needs a name", ["/dev/null"]),
            ("There is no edit \"swop\"", [image, "--name", "x", "--without", "swop"]),
        ];
        foreach ((string words, string[] arguments) in refused)
        {
            ShellResult result = box.TryBramble(["image", "add", .. arguments]);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains(words, result.Error, StringComparison.Ordinal);
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), Directory.EnumerateDirectories($"{box.DataFolder}/images").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.DataFolder}/tmp"));
    }

    [Fact]
    public void An_image_says_what_it_is_and_what_was_changed_in_it_and_in_its_clients()
    {
        using var box = new BootBox("[dhcp]\nmode = server\n[storage]\nskip-edits = resolver\n");
        box.Start();
        box.Bramble("image", "add", PiDisk.Make(box.Folder, "pi.img", PiDisk.EveryModel()), "--without", "zram");
        JsonElement image = JsonDocument.Parse(box.Bramble("image", "show", "pi", "--json")).RootElement;
        Assert.Equal(["3", "4", "5"], image.GetProperty("kernels")[0].GetProperty("models").EnumerateArray().Select(static one => one.GetString()));
        Assert.Contains("bcm2711-rpi-4-b.dtb", image.GetProperty("deviceTrees").EnumerateArray().Select(static one => one.GetString()));
        Assert.Contains("kernel     kernel_2712.img: version not known, arm64, Pi 5", box.Bramble("image", "show", "pi"), StringComparison.Ordinal);
        string report = box.Bramble("image", "show", "pi", "--edits");
        Assert.Contains("- PARTUUID=aabbccdd-02 / ext4", report, StringComparison.Ordinal);
        Assert.DoesNotContain("bramble-zram", report, StringComparison.Ordinal);
        Assert.DoesNotContain("bramble-resolver", report, StringComparison.Ordinal);

        box.Bramble("client", "add", "kiosk", "--board", "91cdf03d", "--nfs", "3");
        Wait.Until(() => Directory.Exists($"{box.DataFolder}/clients/kiosk"), Wait.Soon, () => box.Server.Output);
        Assert.Contains("+ kiosk", box.Bramble("client", "show", "kiosk", "--edits"), StringComparison.Ordinal);
        Assert.Contains("NFS v3", box.Bramble("client", "show", "kiosk"), StringComparison.Ordinal);
        Assert.Equal(1, box.TryBramble("client", "add", "other", "--nfs", "2").ExitCode);

        Assert.Contains("--iscsi, --overlay", Refused(box, "image", "prepare", "pi"), StringComparison.Ordinal);
        Assert.Contains("in use by kiosk", Refused(box, "image", "remove", "pi"), StringComparison.Ordinal);
        Assert.Contains("in use by kiosk", Refused(box, "image", "rename", "pi", "other"), StringComparison.Ordinal);
        Assert.Contains("fstab, cmdline", Refused(box, "image", "edits", "pi", "--off", "nothing"), StringComparison.Ordinal);
        Assert.Contains("skip-edits", Refused(box, "image", "edits", "pi", "--on", "resolver"), StringComparison.Ordinal);
        Assert.Contains("fstab (off)", box.Bramble("image", "edits", "pi", "--off", "fstab,up-beacon", "--on", "zram"), StringComparison.Ordinal);
        Assert.Contains("PARTUUID=aabbccdd-02 / ext4", File.ReadLines($"{box.DataFolder}/images/pi/root/etc/fstab").Last(), StringComparison.Ordinal);
        Assert.True(File.Exists($"{box.DataFolder}/images/pi/root/usr/lib/bramble/zram"));
        Assert.Contains("readahead", box.Bramble("image", "edits"), StringComparison.Ordinal);
    }

    private static string Refused(BootBox box, params string[] arguments)
    {
        ShellResult result = box.TryBramble(arguments);
        Assert.Equal(1, result.ExitCode);
        return result.Error;
    }

    /// <summary>A folder on a web server: <c>/there/FILE</c> is a redirection, <c>/short/FILE</c> breaks off.</summary>
    private sealed class WebFolder : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly string _folder;

        public WebFolder(string folder)
        {
            _folder = folder;
            using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            }

            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            _ = ServeAsync();
        }

        public string Address { get; }

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                try
                {
                    await AnswerAsync(await _listener.GetContextAsync());
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
                {
                    // Whoever asked went away, or the test is over.
                }
            }
        }

        private async Task AnswerAsync(HttpListenerContext context)
        {
            string path = context.Request.Url!.AbsolutePath;
            string file = Path.Combine(_folder, Path.GetFileName(path));
            using HttpListenerResponse response = context.Response;
            if (path.StartsWith("/there/", StringComparison.Ordinal))
            {
                response.Redirect(Address + "/" + Path.GetFileName(path));
                return;
            }

            if (!File.Exists(file))
            {
                response.StatusCode = 404;
                return;
            }

            await using FileStream content = File.OpenRead(file);
            response.ContentLength64 = content.Length;
            if (context.Request.HttpMethod == "HEAD")
            {
                return;
            }

            if (path.StartsWith("/short/", StringComparison.Ordinal))
            {
                await response.OutputStream.WriteAsync(new byte[1000]);
                response.Abort();
                return;
            }

            await content.CopyToAsync(response.OutputStream);
        }
    }
}
