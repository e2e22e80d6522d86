using System.Buffers.Binary;
using System.Globalization;
using Bramble.Integration.Tests.Lab;
using Xunit;

namespace Bramble.Integration.Tests.Web;

/// <summary>The page of the published binary, by curl and in a real browser.</summary>
[Trait("kind", "integration")]
public sealed class WebTests : IDisposable
{
    private const string Address = "http://10.77.0.1:8080";

    private readonly BootBox _box = new("[dhcp]\nmode = server\n[web]\nport = 8080\n");
    private readonly RunningProgram _web;

    public WebTests()
    {
        _box.Bramble("image", "add", PiDisk.Make(_box.Folder, "pi.img", PiDisk.EveryModel()), "--name", "pi");
        _box.Start();
        _web = new RunningProgram("ip", Segment.In(_box.Segment.ServerNamespace, Repository.Bramble, "web", "--config", _box.ConfigFile), _box.Bus.Environment);
        _web.WaitForOutput("listening", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void It_only_reads_says_so_and_answers_local_names_alone()
    {
        string page = Curl("-i", Address + "/");
        Assert.StartsWith("HTTP/1.1 200", page, StringComparison.Ordinal);
        Assert.Contains("Content-Security-Policy: default-src 'none'", page, StringComparison.Ordinal);
        Assert.Contains("X-Content-Type-Options: nosniff", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\nServer:", page, StringComparison.Ordinal);
        Assert.Equal("405", Status("-X", "POST", "-d", "", Address + "/"));
        Assert.Equal("421", Status("-H", "Host: pages.example.com", Address + "/"));
        Assert.Equal("404", Status(Address + "/etc/passwd"));
        Assert.Equal("404", Status("--path-as-is", Address + "/boot/../../../etc/passwd"));
        Assert.Equal("200", Status("-I", Address + "/"));
        Assert.Contains("bramble_clients{state=\"up\"} 0\n", Curl(Address + "/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_boot_appears_on_a_page_that_is_open()
    {
        using RunningProgram live = new("ip", Segment.In(_box.Segment.ServerNamespace, "curl", "-sN", Address + "/live?of=/"));
        live.WaitForOutput("No Raspberry Pi has asked yet", TimeSpan.FromSeconds(60));

        ShellResult boot = _box.VirtualPi("--model", "4b", "--serial", "91cdf03d", "--interface", "pi0");

        Assert.True(boot.ExitCode == 0, boot.Error + boot.Output);
        live.WaitForOutput("pi-91cdf03d", TimeSpan.FromSeconds(60));
        Assert.Contains("kernel8.img", Curl(Address + "/boot/91cdf03d"), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_whole_in_a_real_browser_with_scripts_and_without()
    {
        Assert.Equal(0, _box.VirtualPi("--model", "5", "--serial", "7bf18f79", "--interface", "pi0").ExitCode);
        var browser = new Browser(_box.Segment.ServerNamespace, _box.Folder);

        (string dom, string console) = browser.Load(Address + "/", scripts: true);
        // The browser tells its DOM when the page is loaded, which may be before the first event; what its policy forbade it would tell on its console.
        Assert.Contains("class=\"live\"", dom, StringComparison.Ordinal);
        Assert.Contains("pi-7bf18f79", dom, StringComparison.Ordinal);
        Assert.True(console.Length == 0, console);

        (dom, console) = browser.Load(Address + "/boot/pi-7bf18f79", scripts: false);
        Assert.Contains("kernel_2712.img", dom, StringComparison.Ordinal);
        Assert.Contains("http-equiv=\"refresh\"", dom, StringComparison.Ordinal);
        Assert.True(console.Length == 0, console);

        foreach ((int width, bool dark) in ((int, bool)[])[(390, false), (390, true), (1280, false), (1280, true)])
        {
            byte[] png = File.ReadAllBytes(browser.Draw(Address + "/", width, 900, dark));
            Assert.Equal(width, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
            // An empty page compresses to much less.
            Assert.True(png.Length > 10_000, png.Length.ToString(CultureInfo.InvariantCulture));
        }
    }

    public void Dispose()
    {
        _web.Dispose();
        _box.Dispose();
    }

    private string Curl(params string[] words) => Shell.Run("ip", [.. Segment.In(_box.Segment.ServerNamespace, "curl", ["-s", "--max-time", "60", .. words])]);

    private string Status(params string[] words) => Curl(["-o", "/dev/null", "-w", "%{http_code}", .. words]);
}
