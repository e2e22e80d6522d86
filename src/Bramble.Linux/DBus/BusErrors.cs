namespace Bramble.Linux.DBus;

/// <summary>Names of D-Bus errors that this program makes or looks for.</summary>
public static class BusErrors
{
    /// <summary>Something went wrong; the message says what.</summary>
    public const string Failed = "org.freedesktop.DBus.Error.Failed";

    /// <summary>No answer in time.</summary>
    public const string NoReply = "org.freedesktop.DBus.Error.NoReply";

    /// <summary>The policy or the callee refused the caller.</summary>
    public const string AccessDenied = "org.freedesktop.DBus.Error.AccessDenied";

    /// <summary>Nobody owns the name, and nobody can be started for it.</summary>
    public const string ServiceUnknown = "org.freedesktop.DBus.Error.ServiceUnknown";

    /// <summary>Arguments that the method cannot use.</summary>
    public const string InvalidArgs = "org.freedesktop.DBus.Error.InvalidArgs";

    /// <summary>The connection to the bus is gone.</summary>
    public const string Disconnected = "org.freedesktop.DBus.Error.Disconnected";

    /// <summary>There is no bus to talk to.</summary>
    public const string NoServer = "org.freedesktop.DBus.Error.NoServer";

    /// <summary>The well-known name belongs to another process.</summary>
    public const string NameTaken = "org.bramble.Error.NameTaken";

    /// <summary>The operation was given up because the caller asked for it or went away.</summary>
    public const string Cancelled = "org.bramble.Error.Cancelled";
}
