using Microsoft.Extensions.Logging;

namespace Bramble.Storage;

internal static partial class StorageLog
{
    [LoggerMessage(4001, LogLevel.Information, "Image {Image} imported from {File} ({Bytes} bytes, {Edits} edits)")]
    internal static partial void ImageImported(ILogger logger, string image, string file, long bytes, int edits);

    [LoggerMessage(4002, LogLevel.Information, "Image {Image} removed")]
    internal static partial void ImageRemoved(ILogger logger, string image);

    [LoggerMessage(4003, LogLevel.Information, "Root of {Client} made from {Image} ({Kind})")]
    internal static partial void RootMade(ILogger logger, string client, string image, string kind);

    [LoggerMessage(4004, LogLevel.Information, "Root of {Client} removed")]
    internal static partial void RootRemoved(ILogger logger, string client);

    [LoggerMessage(4005, LogLevel.Information, "Root of {Client} is open to {Address}")]
    internal static partial void RootPublished(ILogger logger, string client, string address);

    [LoggerMessage(4006, LogLevel.Warning, "{File} is written, but {Unit} was not told: {Words}")]
    internal static partial void NobodyTold(ILogger logger, string file, string unit, string words);

    [LoggerMessage(4007, LogLevel.Information, "Removed what an interrupted operation left: {Path}")]
    internal static partial void LeftoverRemoved(ILogger logger, string path);

    [LoggerMessage(4008, LogLevel.Warning, "The disk of {Client} is in use: its host name, beacon and fstab are renewed when it is not")]
    internal static partial void DiskInUse(ILogger logger, string client);

    [LoggerMessage(4009, LogLevel.Warning, "{Path} is passed over: {Reason}")]
    internal static partial void RecordUnreadable(ILogger logger, string path, string reason);

    [LoggerMessage(4010, LogLevel.Warning, "Cannot remove {Path}: {Reason}")]
    internal static partial void CannotRemove(ILogger logger, string path, string reason);
}
