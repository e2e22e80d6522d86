using Bramble.Linux.Btrfs;
using Bramble.Linux.Processes;

namespace Bramble.Storage.Images;

/// <summary>
/// A subvolume as a stream: a line that says so, then what <c>btrfs send</c> makes, packed by zstd. By hand:
/// <c>tail -n +2 FILE | zstd -d | btrfs receive FOLDER</c>.
/// </summary>
internal static class BtrfsStream
{
    // The name that a sent subvolume has in its stream is that of its folder.
    private const string Received = "tree";
    private static readonly byte[] s_begin = "bramble btrfs stream 1\n"u8.ToArray();

    /// <summary>Sends a subvolume that nobody else uses; it is read-only afterwards.</summary>
    /// <param name="tree">Its path; must end in <c>/tree</c>.</param>
    /// <param name="output">Where to; stays open.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>What went wrong, or that all went well.</returns>
    internal static async Task<ProcessResult> SendAsync(string tree, Stream output, CancellationToken cancellation)
    {
        ProcessResult result = await ChildProcess.RunAsync("btrfs", ["property", "set", "-t", "subvol", tree, "ro", "true"], cancellation);
        if (!result.Succeeded)
            return result;
        await output.WriteAsync(s_begin, cancellation);
        ProcessResult packed = result;
        ProcessResult sent = await ChildProcess.RunAsync(
            "btrfs",
            ["--quiet", "send", tree],
            null,
            async (stream, token) => packed = await ChildProcess.RunAsync(
                "zstd", ["--quiet", "--stdout"], (zstd, stop) => stream.CopyToAsync(zstd, stop), (zstd, stop) => zstd.CopyToAsync(output, stop), token),
            cancellation);
        return sent.Succeeded ? packed : sent;
    }

    /// <summary>Reads the beginning of an archive.</summary>
    /// <returns>Whether it is such a stream; if not, what was read.</returns>
    internal static async Task<(bool IsStream, byte[] Begin)> LookAsync(Stream input, CancellationToken cancellation)
    {
        byte[] begin = new byte[s_begin.Length];
        int length = await input.ReadAtLeastAsync(begin, begin.Length, throwOnEndOfStream: false, cancellation);
        return begin.AsSpan().SequenceEqual(s_begin) ? (true, []) : (false, begin[..length]);
    }

    /// <summary>Receives a subvolume, after its first line was read. It comes from anywhere: btrfs is confined to the folder.</summary>
    /// <param name="input">The rest of the stream.</param>
    /// <param name="work">An empty folder of this operation's own.</param>
    /// <param name="tree">The subvolume that is made, writable; must be <c>/tree</c> in that folder.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>What went wrong, or that all went well.</returns>
    internal static async Task<ProcessResult> ReceiveAsync(Stream input, string work, string tree, CancellationToken cancellation)
    {
        string received = $"{work}/received";
        Directory.CreateDirectory(received);
        ProcessResult taken = new(0, "", "");
        ProcessResult unpacked = await ChildProcess.RunAsync(
            "zstd",
            ["--quiet", "--decompress", "--stdout"],
            (zstd, token) => input.CopyToAsync(zstd, token),
            async (stream, token) => taken = await ChildProcess.RunAsync(
                "btrfs", ["--quiet", "receive", "--chroot", received], (btrfs, stop) => stream.CopyToAsync(btrfs, stop), static (_, _) => Task.CompletedTask, token),
            cancellation);
        if (!unpacked.Succeeded || !taken.Succeeded)
            return taken.Succeeded ? unpacked : taken;
        if (!BtrfsSubvolume.IsSubvolume($"{received}/{Received}"))
            return new ProcessResult(1, "", "it holds another subvolume than one that Bramble sends");

        // What was received is read-only, and marked as received.
        BtrfsSubvolume.Snapshot($"{received}/{Received}", tree);
        return taken;
    }
}
