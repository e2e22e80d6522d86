using Bramble.Linux.Processes;

namespace Bramble.Storage.Images;

/// <summary>A packed part of a file, read through the program that unpacks it.</summary>
internal static class PackedPart
{
    /// <summary>Unpacks from where a file stands.</summary>
    /// <param name="file">The file.</param>
    /// <param name="compression">Its packing.</param>
    /// <param name="mostBytes">Bytes that it may unpack to.</param>
    /// <param name="read">Reads what comes, as much of it as it wants.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>How the program ended: behind the part there may be something else, which it complains of.</returns>
    /// <exception cref="InvalidDataException">It unpacks to more, or is not what it should be.</exception>
    internal static Task<ProcessResult> ReadAsync(FileStream file, ImageCompression compression, long mostBytes, Func<Stream, CancellationToken, Task> read, CancellationToken cancellation)
    {
        (string program, string[] arguments) = Magic.Unpacker(compression);
        return ChildProcess.RunAsync(program, arguments, Feed, Drain, cancellation);

        async Task Feed(Stream input, CancellationToken token)
        {
            try
            {
                await file.CopyToAsync(input, token);
            }
            catch (IOException)
            {
                // It has stopped reading: its exit code tells why.
            }
        }

        async Task Drain(Stream output, CancellationToken token)
        {
            await using LimitedStream limited = new(output, mostBytes);
            await read(limited, token);
            await output.CopyToAsync(Stream.Null, token);
        }
    }
}
