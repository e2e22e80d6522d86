using Bramble.Linux.Processes;
using Bramble.Storage.Contract;
using Microsoft.Win32.SafeHandles;

namespace Bramble.Storage.Images;

/// <summary>Reads what is given once: hashes it, and unpacks it into a sparse temporary file unless it is a plain file already.</summary>
internal sealed class ImageUnpacker(StorageOptions options, DiskSpace space, ProgressMeter progress)
{
    private const int BufferLength = 1 << 20;
    private const long SpaceCheckInterval = 32L << 20;
    private const int GzipWarning = 2;

    private long _nextCheck;

    /// <summary>Unpacks a file or a stream.</summary>
    /// <param name="request">Path or name, and what is known of it.</param>
    /// <param name="stream">The stream; null for the file at the path.</param>
    /// <param name="target">Temporary file to make if it is packed or a stream.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="StorageException">Broken off, damaged, another SHA-256, too large, or no space.</exception>
    internal async Task<UnpackedImage> UnpackAsync(ImportRequest request, Stream? stream, string target, CancellationToken cancellation)
    {
        string name = request.Source;
        await using FileStream? file = stream is null ? Open(name) : null;
        await using SourceStream source = new((Stream?)file ?? stream!, file?.Length ?? request.Length, name, progress);
        byte[] start = await source.PeekAsync(Magic.Length, cancellation);
        if (start.Length == 0)
            throw new StorageException($"{name} is empty.");
        ImageCompression compression = Magic.Of(start);

        // What is packed takes at least as much unpacked, and as much again as a tree; a plain file is not copied before.
        long length = file?.Length ?? request.Length;
        space.RequireForNew(compression == ImageCompression.None ? (file is null ? length : 0) : 2 * length, $"to import {name}");
        if (compression == ImageCompression.None && file is not null)
        {
            RequireSize(name, file.Length);
            return new UnpackedImage(name, RequireHash(request, await source.FinishAsync(cancellation)), file.Length);
        }

        if (file is not null && compression == ImageCompression.Xz)
            await RefuseEarlyAsync(name, cancellation);
        source.Doing = compression == ImageCompression.None ? "Reading" : "Unpacking";
        using SafeFileHandle unpacked = File.OpenHandle(target, FileMode.CreateNew, FileAccess.Write);
        SparseFile sparse = new(unpacked);
        switch (compression)
        {
            case ImageCompression.None:
                await DrainAsync(name, sparse, source, cancellation);
                break;
            case ImageCompression.Zip:
                await RunZipAsync(name, file is not null, source, sparse, cancellation);
                break;
            default:
                await RunAsync(name, compression, source, sparse, cancellation);
                break;
        }

        // Whatever was not read yet belongs to the hash too.
        string sha256 = RequireHash(request, await source.FinishAsync(cancellation));
        sparse.Complete();
        return new UnpackedImage(target, sha256, sparse.Length);
    }

    private static FileStream Open(string file)
    {
        try
        {
            return new FileStream(file, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite, BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new StorageException($"{file} cannot be read: {e.Message}", e);
        }
    }

    private static string RequireHash(ImportRequest request, string sha256)
    {
        if (request.Sha256 is { } wanted && !string.Equals(wanted, sha256, StringComparison.OrdinalIgnoreCase))
            throw new StorageException($"{request.Source} is not the file that was meant: its SHA-256 is {sha256}, not {wanted.ToLowerInvariant()}. Download it again from the official place.");
        return sha256;
    }

    /// <summary>An xz file has its length at its end: a broken-off one and a too large one are refused before the long work.</summary>
    private async Task RefuseEarlyAsync(string file, CancellationToken cancellation)
    {
        ProcessResult list = await ChildProcess.RunAsync("xz", ["--robot", "--list", "--", file], cancellation);
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
                space.Require(Math.Min(unpacked, new FileInfo(file).Length), $"to unpack {file}");
            }
        }
    }

    private async Task RunZipAsync(string name, bool isFile, SourceStream source, SparseFile sparse, CancellationToken cancellation)
    {
        ProcessResult result = await RunAsync(ZipUnpacker.Program, ZipUnpacker.Arguments, name, source, sparse, cancellation);
        if (ZipUnpacker.IsWithoutImage(result))
        {
            // A stream cannot be read again to list its content.
            ProcessResult? list = isFile
                ? await ChildProcess.RunAsync(ZipUnpacker.Program, ZipUnpacker.ListArguments(name), cancellation)
                : null;
            throw ZipUnpacker.WithoutImage(name, list?.Output);
        }

        if (ZipUnpacker.Refusal(name, result) is { } refusal)
            throw refusal;
    }

    private async Task RunAsync(string name, ImageCompression compression, SourceStream source, SparseFile sparse, CancellationToken cancellation)
    {
        (string program, string[] arguments) = Magic.Unpacker(compression);
        ProcessResult result = await RunAsync(program, arguments, name, source, sparse, cancellation);
        if (!result.Succeeded && !(compression == ImageCompression.Gzip && result.ExitCode == GzipWarning))
            throw Damaged(name, program, result.Words);
    }

    private Task<ProcessResult> RunAsync(
        string program, string[] arguments, string name, SourceStream source, SparseFile sparse, CancellationToken cancellation) =>
        ChildProcess.RunAsync(
            program,
            arguments,
            (input, token) => FeedAsync(source, input, token),
            (output, token) => DrainAsync(name, sparse, output, token),
            cancellation);

    private static async Task FeedAsync(SourceStream source, Stream input, CancellationToken cancellation)
    {
        byte[] buffer = new byte[BufferLength];
        for (int read; (read = await source.ReadAsync(buffer, cancellation)) > 0;)
        {
            try
            {
                await input.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
            catch (IOException)
            {
                // The unpacker has seen enough or has given up; its exit code tells which.
                return;
            }
        }
    }

    private async Task DrainAsync(string name, SparseFile sparse, Stream output, CancellationToken cancellation)
    {
        byte[] buffer = new byte[BufferLength];
        for (int read; (read = await output.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation)) > 0;)
            Append(name, sparse, buffer.AsSpan(0, read));
    }

    private void Append(string name, SparseFile sparse, ReadOnlySpan<byte> data)
    {
        sparse.Append(data);
        RequireSize(name, sparse.Length);
        if (sparse.Length < _nextCheck)
            return;
        space.Require(0, $"to unpack {name}");
        _nextCheck = sparse.Length + SpaceCheckInterval;
    }

    private void RequireSize(string name, long unpacked)
    {
        if (unpacked > options.MaximumImageBytes)
            throw new StorageException($"{name} unpacks to more than {DiskSpace.Text(options.MaximumImageBytes)}, which is the limit: this is not an image for a Raspberry Pi.");
    }

    private static StorageException Damaged(string name, string program, string words) =>
        new($"{name} is damaged or broken off ({program}: {words}). Download or copy it again.");
}
