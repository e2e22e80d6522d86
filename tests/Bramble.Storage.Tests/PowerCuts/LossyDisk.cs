using System.Diagnostics;
using Bramble.Storage.Tests.Support;

namespace Bramble.Storage.Tests.PowerCuts;

/// <summary>
/// A disk with a volatile write cache, and a plug to pull: what was written and not flushed is gone for good after <see cref="Cut"/>. A file behind
/// nbdkit's cache filter, shown as a file again by qemu-storage-daemon, with a loop device and a filesystem on it. Without the kernel's help, so that it
/// also works where the kernel has neither device-mapper nor nbd.
/// </summary>
internal sealed class LossyDisk(string folder, string mountPoint) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _disk = $"{folder}/platter";
    private readonly string _socket = $"{folder}/nbd.sock";
    private readonly string _device = $"{folder}/device";
    private Process? _cache;
    private Process? _export;
    private string? _loop;

    /// <summary>Makes an empty filesystem.</summary>
    public Task FormatAsync(string filesystem, string size) => Shell.MakeFilesystemAsync(filesystem, _disk, size);

    /// <summary>Power on, and mounted.</summary>
    public async Task ConnectAsync()
    {
        File.Delete(_socket);
        await File.WriteAllBytesAsync(_device, []);
        _cache = Start("nbdkit", ["--foreground", "--unix", _socket, "--filter=cache", "file", _disk, "cache=writeback"]);
        await UntilAsync(() => File.Exists(_socket), "nbdkit does not listen");
        _export = Start("qemu-storage-daemon", [
            "--blockdev", $"driver=nbd,node-name=disk,server.type=unix,server.path={_socket}",
            "--export", $"type=fuse,id=device,node-name=disk,mountpoint={_device},writable=on"]);
        await UntilAsync(() => new FileInfo(_device).Length > 0, "qemu-storage-daemon does not show the disk");
        _loop = await Shell.RunAsync($"losetup --find --show {_device}");
        await Shell.RunAsync($"mount {_loop} {mountPoint}");
    }

    /// <summary>Power off: both programs end without a last word, with them what they had not written.</summary>
    public void Cut()
    {
        _cache!.Kill();
        _export!.Kill();
    }

    /// <summary>Takes the dead disk away. Nobody may use it any more.</summary>
    public async Task DisconnectAsync()
    {
        if (_loop is not null)
            await Shell.RunAsync($"umount {mountPoint} || umount --lazy {mountPoint} || true; losetup --detach {_loop} || true; umount --lazy {_device} || true");
        _loop = null;
        foreach (Process program in new[] { _export, _cache }.OfType<Process>())
        {
            if (!program.HasExited)
                program.Kill();
            await program.WaitForExitAsync();
            program.Dispose();
        }

        (_export, _cache) = (null, null);
    }

    public async ValueTask DisposeAsync() => await DisconnectAsync();

    private static Process Start(string program, string[] arguments)
    {
        // Its output goes to this test's: it says something only when something is wrong.
        return Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true })!;
    }

    private static async Task UntilAsync(Func<bool> isSo, string otherwise)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!isSo())
        {
            if (clock.Elapsed > s_patience)
                throw new TimeoutException(otherwise);
            await Task.Delay(20);
        }
    }
}
