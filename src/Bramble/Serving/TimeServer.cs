namespace Bramble.Serving;

/// <summary>Whether this machine gives the time to others: chrony, ntpsec and the like listen on UDP port 123 of every address.</summary>
internal static class TimeServer
{
    // Not /proc/net: the unit's ProcSubset=pid hides it.
    private const string Table = "/proc/self/net/udp";

    // proc(5): local address as hexadecimal of the machine's own order, and port.
    private const string EveryAddress = "00000000:007B";

    /// <summary>Looks at the sockets that are open now.</summary>
    public static bool IsHere()
    {
        try
        {
            return IsIn(File.ReadLines(Table));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Looks at the lines of the table.</summary>
    internal static bool IsIn(IEnumerable<string> lines) => lines.Any(static line => line.Contains($": {EveryAddress} ", StringComparison.Ordinal));
}
