using System.Buffers.Binary;
using Bramble.Integration.Tests.Lab;
using Microsoft.Playwright;
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
    public async Task A_boot_appears_on_a_page_that_is_open()
    {
        await using Browser browser = await Browser.StartAsync(_box.Segment.ServerNamespace, _box.Folder);
        IPage page = await browser.OpenAsync(Address + "/");
        await page.GetByText("No Raspberry Pi has asked yet").WaitForAsync();

        ShellResult boot = _box.VirtualPi("--model", "4b", "--serial", "91cdf03d", "--interface", "pi0");

        Assert.True(boot.ExitCode == 0, boot.Error + boot.Output);
        // Nobody loads it anew.
        await page.GetByRole(AriaRole.Link, new() { Name = "pi-91cdf03d" }).ClickAsync();
        await page.GetByText("kernel8.img", new() { Exact = true }).First.WaitForAsync();
        Assert.EndsWith("/boot/pi-91cdf03d", page.Url, StringComparison.Ordinal);
        Assert.Empty(browser.Complaints);
    }

    [Fact]
    public async Task It_is_whole_on_a_phone_and_on_a_desk_in_light_and_dark_and_without_scripts()
    {
        Assert.Equal(0, _box.VirtualPi("--model", "5", "--serial", "7bf18f79", "--interface", "pi0").ExitCode);
        await using Browser browser = await Browser.StartAsync(_box.Segment.ServerNamespace, _box.Folder);
        foreach ((int width, bool dark, bool scripts) in ((int, bool, bool)[])[(390, false, true), (390, true, true), (1280, false, true), (1280, true, true), (390, false, false)])
        {
            foreach (string path in (string[])["/", "/boot/pi-7bf18f79", "/fault/BR201"])
            {
                IPage page = await browser.OpenAsync(Address + path, width, dark, scripts);
                await page.GetByText(path switch { "/" => "pi-7bf18f79", "/fault/BR201" => "What to do", _ => "kernel_2712.img" }, new() { Exact = true }).First.WaitForAsync();
                byte[] picture = await page.ScreenshotAsync(new() { FullPage = true, Path = Picture(path, width, dark, scripts) });
                // Nothing sticks out on the right: a full picture would be wider than the window.
                Assert.Equal(width, BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16)));
                Assert.Equal(!scripts && path != "/fault/BR201", (await page.ContentAsync()).Contains("http-equiv=\"refresh\"", StringComparison.Ordinal) && !scripts);
                await page.Context.CloseAsync();
            }
        }

        Assert.Empty(browser.Complaints);
    }

    public void Dispose()
    {
        _web.Dispose();
        _box.Dispose();
    }

    private string Curl(params string[] words) => Shell.Run("ip", [.. Segment.In(_box.Segment.ServerNamespace, "curl", ["-s", "--max-time", "60", .. words])]);

    /// <summary>Where a picture goes: BRAMBLE_PICTURES names a folder for those who want to look at them.</summary>
    private string Picture(string path, int width, bool dark, bool scripts) => Path.Combine(
        Environment.GetEnvironmentVariable("BRAMBLE_PICTURES") is { Length: > 0 } folder ? Directory.CreateDirectory(folder).FullName : _box.Folder,
        $"{(path == "/" ? "fleet" : path.Split('/')[1])}-{width}-{(dark ? "dark" : "light")}{(scripts ? "" : "-plain")}.png");

    private string Status(params string[] words) => Curl(["-o", "/dev/null", "-w", "%{http_code}", .. words]);
}
