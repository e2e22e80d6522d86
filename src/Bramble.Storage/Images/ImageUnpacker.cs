using System.Security.Cryptography;
using Bramble.Linux.Processes;
using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Storage.Images;

/// <summary>Reads the given file once: hashes it, and unpacks it into a sparse temporary file if it is packed.</summary>
internal sealed class ImageUnpacker(StorageOptions options, DiskSpace space, ProgressMeter progress)
{
    private const int BufferLength = 1 << 20;
    private const long SpaceCheckInterval = 32L << 20;
    private const int GzipWarning = 2;

    /// <summary>Unpacks.</summary>
    /// <param name="file">The given file.</param>
    /// <param name="target">Temporary file to make if it is packed.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="StorageException">Broken off, damaged, too large, or no space.</exception>
    internal async Task<UnpackedImage> UnpackAsync(string file, string target, CancellationToken cancellation)
    {
        using SafeFileHandle source = Open(file);
        long length = RandomAccess.GetLength(source);
        byte[] start = new byte[Magic.Length];
        ImageCompression compression = Magic.Of(start.AsSpan(0, RandomAccess.Read(source, start, 0)));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        switch (compression)
        {
            case ImageCompression.Zip:
                throw new StorageException($"{file} is a zip archive. Unpack it first (unzip) and give the .img inside.");
            case ImageCompression.None:
                await ReadAsync(source, length, hash, "Reading", (_, _) => ValueTask.CompletedTask, cancellation).ConfigureAwait(false);
                return new UnpackedImage(file, Hex(hash), length);
        }

        await RefuseEarlyAsync(file, compression, cancellation).ConfigureAwait(false);
        (string program, string[] arguments) = Magic.Unpacker(compression);
        using SafeFileHandle unpacked = File.OpenHandle(target, FileMode.CreateNew, FileAccess.Write);
        SparseFile sparse = new(unpacked);
        ProcessResult result = await ChildProcess.RunAsync(
            program,
            arguments,
            (input, token) => FeedAsync(source, length, hash, input, token),
            (output, token) => DrainAsync(file, sparse, output, token),
            cancellation).ConfigureAwait(false);
        if (!result.Succeeded && !(compression == ImageCompression.Gzip && result.ExitCode == GzipWarning))
            throw Damaged(file, program, result.Words);
        sparse.Complete();
        return new UnpackedImage(target, Hex(hash), sparse.Length);
    }

    private static SafeFileHandle Open(string file)
    {
        try
        {
            SafeFileHandle handle = File.OpenHandle(file, options: FileOptions.SequentialScan);
            if (RandomAccess.GetLength(handle) > 0)
                return handle;
            handle.Dispose();
            throw new StorageException($"{file} is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new StorageException($"{file} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>An xz file has its length at its end: a broken-off one and a too large one are refused before the long work.</summary>
    private async Task RefuseEarlyAsync(string file, ImageCompression compression, CancellationToken cancellation)
    {
        if (compression != ImageCompression.Xz)
            return;
        ProcessResult list = await ChildProcess.RunAsync("xz", ["--robot", "--list", "--", file], cancellation).ConfigureAwait(false);
        if (!list.Succeeded)
            throw Damaged(file, "xz", list.Words);
        foreach (string line in list.Output.Split('\n'))
        {
            // "totals" and: streams, blocks, compressed, uncompressed
            string[] fields = line.Split('\t');
            if (fields.Length > 4 && fields[0] == "totals" && long.TryParse(fields[4], out long unpacked))
            {
                RequireSize(file, unpacked);
                // Most images hold as much zero as content; whether the rest fits shows while unpacking.
                space.Require(Math.Min(unpacked, RandomAccessLength(file)), $"to unpack {file}");
            }
        }
    }

    private static long RandomAccessLength(string file) => new FileInfo(file).Length;

    private async Task FeedAsync(SafeFileHandle source, long length, IncrementalHash hash, Stream input, CancellationToken cancellation)
    {
        bool open = true;
        await ReadAsync(source, length, hash, "Unpacking", Write, cancellation).ConfigureAwait(false);

        async ValueTask Write(ReadOnlyMemory<byte> data, CancellationToken token)
        {
            if (!open)
                return;
            try
            {
                await input.WriteAsync(data, token).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The unpacker has seen enough or has given up; its exit code tells which. The hash is of the whole file either way.
                open = false;
            }
        }
    }

    private async Task ReadAsync(SafeFileHandle source, long length, IncrementalHash hash, string step, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> use, CancellationToken cancellation)
    {
        byte[] buffer = new byte[BufferLength];
        for (long at = 0; ;)
        {
            int read = await RandomAccess.ReadAsync(source, buffer, at, cancellation).ConfigureAwait(false);
            if (read == 0)
                break;
            hash.AppendData(buffer, 0, read);
            await use(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            at += read;
            progress.Report(step, at, length);
        }
    }

    private async Task DrainAsync(string file, SparseFile sparse, Stream output, CancellationToken cancellation)
    {
        byte[] buffer = new byte[BufferLength];
        long nextCheck = 0;
        for (; ;)
        {
            int read = await output.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            if (read == 0)
                return;
            sparse.Append(buffer.AsSpan(0, read));
            RequireSize(file, sparse.Length);
            if (sparse.Length >= nextCheck)
            {
                space.Require(0, $"to unpack {file}");
                nextCheck = sparse.Length + SpaceCheckInterval;
            }
        }
    }

    private void RequireSize(string file, long unpacked)
    {
        if (unpacked > options.MaximumImageBytes)
            throw new StorageException($"{file} unpacks to more than {DiskSpace.Text(options.MaximumImageBytes)}, which is the limit: this is not an image for a Raspberry Pi.");
    }

    private static StorageException Damaged(string file, string program, string words) =>
        new($"{file} is damaged or broken off ({program}: {words}). Download or copy it again.");

    private static string Hex(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());
}
