using Bramble.Integration.Tests.Lab;
using Microsoft.Playwright;

namespace Bramble.Integration.Tests.Web;

/// <summary>Debian's Chromium without a window, in a network namespace, driven by Playwright.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const float Patience = 120_000;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _chromium;
    private readonly List<string> _complaints = [];

    private Browser(IPlaywright playwright, IBrowser chromium)
    {
        (_playwright, _chromium) = (playwright, chromium);
    }

    /// <summary>What pages complained of on their consoles (what their policy forbade among it), and what they asked other machines for.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Starts it.</summary>
    /// <param name="networkNamespace">Where it runs.</param>
    /// <param name="folder">Where it may write.</param>
    public static async Task<Browser> StartAsync(string networkNamespace, string folder)
    {
        // Playwright starts one program and talks to it over two pipes, which this passes on.
        string program = Path.Combine(folder, "chromium");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nexec ip netns exec {networkNamespace} chromium \"$@\"\n");
        Shell.Run("chmod", "u+x", program);
        IPlaywright playwright = await Playwright.CreateAsync();
        try
        {
            return new Browser(playwright, await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = program,
                Timeout = Patience,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"],
            }));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>Opens a page in a window of its own.</summary>
    public async Task<IPage> OpenAsync(string url, int width = 1280, bool dark = false, bool scripts = true)
    {
        IBrowserContext window = await _chromium.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            JavaScriptEnabled = scripts,
        });
        window.SetDefaultTimeout(Patience);
        IPage page = await window.NewPageAsync();
        string origin = new Uri(url).GetLeftPart(UriPartial.Authority);
        page.Console += (_, message) => Complain(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Complain(true, error);
        page.Request += (_, request) => Complain(!request.Url.StartsWith(origin + "/", StringComparison.Ordinal), "asked for " + request.Url);
        await page.GotoAsync(url, new PageGotoOptions { WaitUntil = WaitUntilState.Load, Timeout = Patience });
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }

    private void Complain(bool really, string what)
    {
        if (really)
        {
            lock (_complaints)
            {
                _complaints.Add(what);
            }
        }
    }
}
