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

    [LoggerMessage(4010, LogLevel.Warning, "Cannot be removed now, and is at the next start: {Reason}")]
    internal static partial void CannotRemove(ILogger logger, string reason);

    [LoggerMessage(4011, LogLevel.Warning, "Interrupted: {Operation}. It was {Outcome}")]
    internal static partial void Recovered(ILogger logger, string operation, string outcome);

    [LoggerMessage(4012, LogLevel.Information, "Snapshot {Snapshot} of {Client} taken")]
    internal static partial void SnapshotTaken(ILogger logger, string client, string snapshot);

    [LoggerMessage(4013, LogLevel.Information, "Snapshot {Snapshot} of {Client} removed")]
    internal static partial void SnapshotRemoved(ILogger logger, string client, string snapshot);

    [LoggerMessage(4014, LogLevel.Information, "The next boot of {Client} gets {Source}; what it had is snapshot {Kept}")]
    internal static partial void StateChanged(ILogger logger, string client, string source, string kept);

    [LoggerMessage(4015, LogLevel.Information, "Image {Image} made from the root of {Client}")]
    internal static partial void Promoted(ILogger logger, string image, string client);

    [LoggerMessage(4017, LogLevel.Information, "Image {Image} is now called {NewName}")]
    internal static partial void ImageRenamed(ILogger logger, string image, string newName);

    [LoggerMessage(4018, LogLevel.Warning, "No snapshot of {Client} by the schedule: {Reason}")]
    internal static partial void NotTaken(ILogger logger, string client, string reason);

    [LoggerMessage(4019, LogLevel.Warning, "{Subject}: {Seen} ({Outcome})")]
    internal static partial void Found(ILogger logger, string subject, string seen, string outcome);

    [LoggerMessage(4020, LogLevel.Information, "{Kind} {Name} exported")]
    internal static partial void Exported(ILogger logger, string kind, string name);

    [LoggerMessage(4021, LogLevel.Information, "{Kind} {Name} imported from an archive")]
    internal static partial void Imported(ILogger logger, string kind, string name);

    [LoggerMessage(4016, LogLevel.Information, "Root of {NewClient} made from that of {Client}")]
    internal static partial void Duplicated(ILogger logger, string client, string newClient);

    [LoggerMessage(4022, LogLevel.Information, "Edits of image {Image} switched off: {Off}; on: {On}")]
    internal static partial void EditsSwitched(ILogger logger, string image, string off, string on);

    [LoggerMessage(4023, LogLevel.Information, "Image {NewImage} made of image {Image}")]
    internal static partial void ImagePrepared(ILogger logger, string newImage, string image);

    [LoggerMessage(4030, LogLevel.Warning, "The front panel will not know of the last snapshot: {Reason}")]
    internal static partial void SnapshotNotNoted(ILogger logger, string reason);
}
