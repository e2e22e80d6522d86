namespace Bramble.Tftp.Serving;

/// <summary>A file to send, or why there is none.</summary>
/// <param name="Content">The file; null for an error.</param>
/// <param name="Error">The error code to send when <paramref name="Content"/> is null.</param>
/// <param name="Message">The error text to send, ASCII, short.</param>
public readonly record struct TftpOpenResult(ITftpContent? Content, TftpErrorCode Error, string Message)
{
    /// <summary>Error 1.</summary>
    public static TftpOpenResult NotFound { get; } = new(null, TftpErrorCode.FileNotFound, "File not found");

    /// <summary>Error 2.</summary>
    public static TftpOpenResult Denied { get; } = new(null, TftpErrorCode.AccessViolation, "Access violation");

    /// <summary>A file.</summary>
    public static TftpOpenResult Of(ITftpContent content) => new(content, default, "");
}
