using Bramble.Linux.Files;
using Bramble.Storage.Contract;
using Bramble.Storage.Images;
using Bramble.Storage.Journal;
using Bramble.Storage.Roots;
using Microsoft.Extensions.Logging;

namespace Bramble.Storage;

/// <summary>
/// Images, roots and snapshots on the disks of this machine. Runs as root, one at a time for a data folder. Everything is made below <c>tmp/</c> of the
/// data folder and renamed into place when it is whole and on the disk. The journal says what is under way; what an interrupted operation left is
/// finished or undone at the next start.
/// </summary>
public sealed partial class StorageService : IStorage, IImages, ISnapshots, IDoctor, IArchives, IDisposable
{
    private readonly StorageOptions _options;
    private readonly Layout _layout;
    private readonly DiskSpace _space;
    private readonly DataDisk _disk;
    private readonly IntentJournal _journal;
    private readonly ImageStore _images;
    private readonly RootStore _roots;
    private readonly RootBuilder _builder;
    private readonly Publisher _publisher;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly KeyedLock _locks = new();
    private readonly SemaphoreSlim _startGate = new(1, 1);
    private FileStream? _ownership;

    /// <summary>Touches nothing yet; the first operation, or <see cref="StartAsync"/>, does.</summary>
    /// <param name="options">Where and whom.</param>
    /// <param name="units">The service manager.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="StorageException">The data folder's path is not usable.</exception>
    public StorageService(StorageOptions options, IUnitReloader units, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        EditCatalogue.Require(options.SkippedEdits);
        _layout = new Layout(StorageNames.RequireFolder(options.DataFolder));
        _space = new DiskSpace(_layout.Data, options.ReserveBytes, options.KeptFreeBytes);
        _disk = new DataDisk(_layout, _space, options.BeforeStep);
        _journal = new IntentJournal(_disk, logger);
        _images = new ImageStore(_disk, logger);
        _roots = new RootStore(_disk, logger);
        _builder = new RootBuilder(_disk, _roots, _images, options, time);
        _publisher = new Publisher(options, _layout, _roots, units, time, logger);
    }

    /// <summary>Makes the data folder's folders, takes it for this process alone, and removes what an interrupted operation left.</summary>
    /// <exception cref="StorageException">The folder cannot be used, or another process uses it.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _ownership) is not null)
            return;
        await _startGate.WaitAsync(cancellation);
        try
        {
            if (_ownership is null)
                Volatile.Write(ref _ownership, await TakeAsync());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"The data folder {_layout.Data} cannot be used: {e.Message}", e);
        }
        finally
        {
            _startGate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ownership?.Dispose();
        _startGate.Dispose();
    }

    private async Task<FileStream> TakeAsync()
    {
        Directory.CreateDirectory(_layout.Data);
        MakeFolder(_layout.Images);
        MakeFolder(_layout.Clients);
        foreach (string folder in new[] { _layout.Temporary, _layout.Journal })
        {
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        FileStream ownership;
        try
        {
            // FileShare.None is an exclusive flock(2): it goes when the process does.
            ownership = new FileStream($"{_layout.Data}/.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new StorageException($"The data folder {_layout.Data} is in use by another bramble storaged.", e);
        }

        try
        {
            await RecoverAsync();
            return ownership;
        }
        catch
        {
            await ownership.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Roots hold set-user-id programs, and clients choose what is in them: besides root only the boot server, the only member of the
    /// reader group, may look in. Without that group only root may.
    /// </summary>
    private void MakeFolder(string path)
    {
        Directory.CreateDirectory(path);
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (_options.ReaderGroupId is { } group)
        {
            Ownership.SetGroup(path, group);
            mode |= UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        }

        File.SetUnixFileMode(path, mode);
    }

    private async Task DiscardAsync(string path)
    {
        if (await _disk.DiscardAsync(path) is { } reason)
            StorageLog.CannotRemove(_logger, reason);
    }
}
