using Bramble.Linux.Net;
using Microsoft.Extensions.Logging;

namespace Bramble.Tftp.Serving;

/// <summary>The server's log messages.</summary>
internal static partial class TftpLog
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "TFTP listens on {Endpoints}, sends from port {TransferPort}")]
    public static partial void Listening(this ILogger logger, string endpoints, int transferPort);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "Opening '{Path}' for {Client} failed")]
    public static partial void OpenFailed(this ILogger logger, Exception exception, Ipv4Address client, string path);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Critical, Message = "The TFTP loop ended by a fault; the watchdog will restart the service")]
    public static partial void LoopFailed(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "'{Path}' changed or became unreadable while {Client} was reading it; the transfer was ended")]
    public static partial void ContentLost(this ILogger logger, Ipv4Address client, string path);

    [LoggerMessage(EventId = 3005, Level = LogLevel.Warning, Message = "{Client} asked to write '{Path}'; Bramble serves files for reading only")]
    public static partial void WriteRefused(this ILogger logger, Ipv4Address client, string path);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Warning, Message = "The kernel cannot cut windows into packets on this path (UDP_SEGMENT); they are sent one by one from now on")]
    public static partial void SegmentationOff(this ILogger logger);

    [LoggerMessage(EventId = 3007, Level = LogLevel.Warning, Message = "{Count} transfers are running, as many as memory was set aside for; a request of {Client} was refused. Somebody may be flooding the segment with requests")]
    public static partial void TooManyTransfers(this ILogger logger, int count, Ipv4Address client);

    [LoggerMessage(EventId = 3009, Level = LogLevel.Warning, Message = "TFTP goes on with its old {Settings}; what is set now takes effect at the next start: 'systemctl restart bramble'")]
    public static partial void NeedsRestart(this ILogger logger, string settings);

    [LoggerMessage(EventId = 3008, Level = LogLevel.Error, Message = "A receiver of TFTP events failed")]
    public static partial void EventFailed(this ILogger logger, Exception exception);
}
