using Bramble.Integration.Tests.Lab;

namespace Bramble.Integration.Tests.Web;

/// <summary>Debian's Chromium without a window, in a network namespace.</summary>
/// <param name="networkNamespace">Where it runs.</param>
/// <param name="folder">Where it may write.</param>
internal sealed class Browser(string networkNamespace, string folder)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    /// <summary>Loads a page, lets its script run for some seconds, and returns what it has become.</summary>
    /// <param name="url">The page.</param>
    /// <param name="scripts">False for a browser that runs none.</param>
    public (string Dom, string Console) Load(string url, bool scripts)
    {
        ShellResult result = Run(url, "--dump-dom", scripts ? "--blink-settings=scriptEnabled=true" : "--blink-settings=scriptEnabled=false");
        return (result.Output, string.Join('\n', result.Error.Split('\n').Where(static l => l.Contains(":CONSOLE", StringComparison.Ordinal))));
    }

    /// <summary>Draws a page into a PNG file.</summary>
    public string Draw(string url, int width, int height, bool dark)
    {
        string file = Path.Combine(folder, $"{width}-{(dark ? "dark" : "light")}.png");
        Run(url, $"--screenshot={file}", $"--window-size={width},{height}", "--hide-scrollbars", $"--blink-settings=preferredColorScheme={(dark ? 0 : 1)}");
        return file;
    }

    private ShellResult Run(string url, params string[] options) => Shell.TryRun(s_patience, "ip", [.. Segment.In(networkNamespace, "chromium", [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--enable-logging=stderr",
        $"--user-data-dir={Path.Combine(folder, "profile")}", "--timeout=8000", .. options, url])]);
}
