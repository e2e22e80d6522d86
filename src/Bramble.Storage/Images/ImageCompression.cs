namespace Bramble.Storage.Images;

/// <summary>How an image file is packed.</summary>
internal enum ImageCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>xz.</summary>
    Xz,

    /// <summary>Zstandard.</summary>
    Zstd,

    /// <summary>gzip.</summary>
    Gzip,

    /// <summary>A zip archive with one image in it.</summary>
    Zip,
}
