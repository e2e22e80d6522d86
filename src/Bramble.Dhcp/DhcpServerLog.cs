using Bramble.Linux.Net;
using Microsoft.Extensions.Logging;

namespace Bramble.Dhcp;

internal static partial class DhcpServerLog
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "DHCP listens on {Interface}, {Address} port {Port}.")]
    public static partial void Listening(this ILogger logger, string @interface, Ipv4Address address, int port);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "DHCP mode is now {Mode}.")]
    public static partial void ModeChanged(this ILogger logger, DhcpMode mode);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Warning, Message = "Another DHCP server answers on {Interface}: {Address} ({Mac}).")]
    public static partial void OtherServer(this ILogger logger, string @interface, Ipv4Address address, MacAddress mac);

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning, Message = "{Interface}: no packet socket ({Reason}). Replies to clients without an address go as broadcast, and other DHCP servers are not noticed; CAP_NET_RAW cures both.")]
    public static partial void NoPacketSocket(this ILogger logger, string @interface, string reason);

    [LoggerMessage(EventId = 2005, Level = LogLevel.Critical, Message = "The DHCP loop has stopped.")]
    public static partial void LoopDied(this ILogger logger, Exception exception);

    [LoggerMessage(EventId = 2006, Level = LogLevel.Error, Message = "The new DHCP configuration is not taken over: {Reason} The old one goes on.")]
    public static partial void ReconfigureFailed(this ILogger logger, string reason);

    [LoggerMessage(EventId = 2007, Level = LogLevel.Warning, Message = "DHCP mode auto cannot look for other servers without a packet socket; it acts as a server. Set [dhcp] mode to server or proxy to say which.")]
    public static partial void CannotProbe(this ILogger logger);

    [LoggerMessage(EventId = 2009, Level = LogLevel.Warning, Message = "{Address} is used by {Mac}, which has it from nobody here. It is not given to anybody for {Minutes} minutes. Take it off that machine, or keep it out of [dhcp] pool.")]
    public static partial void AddressInUse(this ILogger logger, Ipv4Address address, MacAddress mac, double minutes);

    [LoggerMessage(EventId = 2010, Level = LogLevel.Warning, Message = "{Reason} UEFI clients that ask there get no answer; Raspberry Pi firmware does not use it.")]
    public static partial void NoBootServer(this ILogger logger, string reason);

    [LoggerMessage(EventId = 2008, Level = LogLevel.Information, Message = "{Interface} was made anew; its sockets are opened again.")]
    public static partial void InterfaceReturned(this ILogger logger, string @interface);
}
