namespace Bramble.Hosting;

/// <summary>
/// Calls back when a file was written or replaced. Editors write in several steps, so the call comes when the file has
/// been quiet for half a second.
/// </summary>
internal sealed class ConfigWatcher : IDisposable
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(500);

    private readonly FileSystemWatcher _watcher;
    private readonly Timer _timer;

    /// <summary>Begins to watch.</summary>
    /// <param name="file">The file; its folder must exist.</param>
    /// <param name="changed">Called on a pool thread.</param>
    public ConfigWatcher(string file, Action changed)
    {
        string path = Path.GetFullPath(file);
        _timer = new Timer(_ => changed());
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(path)!, Path.GetFileName(path))
        {
            NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.Size,
        };
        _watcher.Changed += (_, _) => Touch();
        _watcher.Created += (_, _) => Touch();
        _watcher.Renamed += (_, _) => Touch();
        _watcher.EnableRaisingEvents = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watcher.Dispose();
        _timer.Dispose();
    }

    private void Touch() => _timer.Change(s_quiet, Timeout.InfiniteTimeSpan);
}
