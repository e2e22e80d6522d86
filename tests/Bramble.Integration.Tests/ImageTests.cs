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
        Wait.Until(() => box.Bramble("client", "show", "kiosk").Contains("NFS v3", StringComparison.Ordinal), Wait.Soon, () => box.Server.Output);
        Assert.Contains("+ kiosk", box.Bramble("client", "show", "kiosk", "--edits"), StringComparison.Ordinal);
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

    [Fact]
    public void What_an_image_lacks_is_installed_in_another_version_of_it_or_nothing_is()
    {
        using var box = new BootBox();
        box.Bramble("image", "add", MakeSystem(box.Folder), "--name", "pi@1");
        string images = $"{box.DataFolder}/images";
        string before = Shell.Run("bash", "-euc", $"cd {images}/pi@1; find . -type f -print0 | sort -z | xargs -0 sha256sum");

        Assert.Contains("Made", box.Bramble("image", "prepare", "pi@1", "--iscsi"), StringComparison.Ordinal);

        JsonElement made = JsonDocument.Parse(box.Bramble("image", "show", "pi@1-iscsi", "--json")).RootElement;
        Assert.True(made.GetProperty("canIscsi").GetBoolean());
        Assert.Contains(made.GetProperty("edits").EnumerateArray(), static edit => edit.GetProperty("name").GetString() == "prepare" && edit.GetProperty("file").GetString() == "boot/config.txt");
        string prepared = $"{images}/pi@1-iscsi/root";
        Assert.Equal(["-q update", "-q -y --no-install-recommends -o Dpkg::Options::=--force-confold install initramfs-tools open-iscsi", "-q clean"], File.ReadLines($"{prepared}/var/log/apt-get"));
        Assert.True(File.Exists($"{prepared}/etc/iscsi/iscsi.initramfs"));
        Assert.Equal("saved\n", File.ReadAllText($"{prepared}/etc/resolv.conf"));
        Assert.All(["usr/sbin/policy-rc.d", "dev/null", "run/host-resolv.conf", "proc/self"], left => Assert.False(Path.Exists($"{prepared}/{left}"), left));
        Assert.Contains("auto_initramfs=1", File.ReadAllText($"{images}/pi@1-iscsi/boot/config.txt"), StringComparison.Ordinal);

        // Its own daemons were not to be started, and nothing of the machine was within reach.
        Assert.Equal("101 none", File.ReadAllText($"{prepared}/var/log/seen").Trim());

        // It fails half way, or does not help: nothing is left, and the image is what it was.
        File.WriteAllText($"{images}/pi@1/root/var/fail", "");
        Assert.Contains("no package open-iscsi", Refused(box, "image", "prepare", "pi@1", "--iscsi", "--as", "x"), StringComparison.Ordinal);
        File.Delete($"{images}/pi@1/root/var/fail");
        Assert.Contains("did not get into every initramfs", Refused(box, "image", "prepare", "pi@1", "--overlay", "--as", "x"), StringComparison.Ordinal);
        Assert.Contains("pi@1-iscsi already", Refused(box, "image", "prepare", "pi@1", "--iscsi"), StringComparison.Ordinal);
        Assert.Equal(before, Shell.Run("bash", "-euc", $"cd {images}/pi@1; find . -type f -print0 | sort -z | xargs -0 sha256sum"));
        Assert.Equal(["pi@1", "pi@1-iscsi"], Directory.EnumerateDirectories(images).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{box.DataFolder}/tmp"));
        Assert.DoesNotContain(File.ReadLines("/proc/self/mountinfo"), line => line.Contains(box.DataFolder, StringComparison.Ordinal));
    }

    /// <summary>A root tree with this machine's own shell, and a package manager that only writes down what it is asked for.</summary>
    private static string MakeSystem(string folder)
    {
        string root = Path.Combine(folder, "system");
        Shell.Run("bash", "-euc", $$"""
            mkdir -p {{root}}; cd {{root}}
            mkdir -p etc boot/firmware usr/bin usr/sbin usr/lib/modules/6.12-v8 var/log var/lib/apt/lists dev proc run tmp
            for link in bin sbin lib lib64; do mkdir -p usr/$link; ln -s usr/$link $link; done
            for program in bash readlink mkdir cp cat chmod find head grep basename rm sh; do
                file=$(readlink -f "$(command -v $program)"); cp "$file" usr/bin/$program
                for library in $(ldd "$file" | grep -o '/[^ ]*'); do mkdir -p ".$(dirname "$library")"; cp -n "$(readlink -f "$library")" ".$library"; done
            done
            printf 'PRETTY_NAME="A small Debian"\nID=debian\nVERSION_ID="13"\n' > usr/lib/os-release
            echo saved > etc/resolv.conf
            echo > usr/lib/modules/6.12-v8/modules.dep
            echo arm_64bit=1 > boot/firmware/config.txt
            echo kernel > boot/firmware/kernel8.img
            mkdir -p new/usr/sbin old/bin new/bin; echo x > old/bin/nfsmount; echo x > new/bin/nfsmount; echo x > new/usr/sbin/iscsistart
            (cd old; find . | busybox cpio -o -H newc > ../boot/firmware/initramfs8 2>/dev/null); (cd new; find . | busybox cpio -o -H newc > ../usr/lib/new 2>/dev/null); rm -r old new
            cat > usr/bin/apt-get <<'X'
            #!/bin/sh
            echo "$*" >>/var/log/apt-get
            case "$*" in *install*)
                [ ! -e /var/fail ] || { echo "E: no package open-iscsi"; exit 100; }
                /usr/sbin/policy-rc.d && code=0 || code=$?
                [ -e /srv ] && reach=some || reach=none
                echo "$code $reach" >/var/log/seen
            esac
            X
            printf '#!/bin/sh\ncat /usr/lib/new >/boot/firmware/initramfs8\n' > usr/sbin/update-initramfs
            chmod 755 usr/bin/apt-get usr/sbin/update-initramfs
            """);
        return root;
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
