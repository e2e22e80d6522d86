namespace Bramble.Storage.Images;

/// <summary>Tells formats by their first bytes; names lie.</summary>
internal static class Magic
{
    internal const int Length = 6;

    /// <summary>The packing of a file that starts with these bytes.</summary>
    internal static ImageCompression Of(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]))
            return ImageCompression.Xz;
        if (start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]))
            return ImageCompression.Zstd;
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return ImageCompression.Gzip;
        return start.StartsWith("PK\x03\x04"u8) ? ImageCompression.Zip : ImageCompression.None;
    }

    /// <summary>The program that unpacks to standard output, and its arguments.</summary>
    internal static (string Program, string[] Arguments) Unpacker(ImageCompression compression) => compression switch
    {
        ImageCompression.Xz => ("xz", ["--decompress", "--stdout", "--threads=0"]),
        ImageCompression.Zstd => ("zstd", ["--decompress", "--stdout", "--quiet"]),
        ImageCompression.Gzip => ("gzip", ["--decompress", "--stdout", "--quiet"]),
        _ => throw new ArgumentOutOfRangeException(nameof(compression)),
    };
}
