namespace Bramble.Fleet.Clients;

/// <summary>Names of clients: they become host names (RFC 1123 section 2.1), folders and iSCSI names.</summary>
public static class ClientName
{
    /// <summary>Longest name: one DNS label.</summary>
    public const int MaxLength = 63;

    /// <summary>1–63 characters of a–z, 0–9 and <c>-</c>, not beginning or ending with <c>-</c>.</summary>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > MaxLength || name[0] == '-' || name[^1] == '-')
        {
            return false;
        }

        foreach (char c in name)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Refuses a name of another form.</summary>
    /// <exception cref="FleetException">The name is not valid.</exception>
    public static void Check(string name, string what = "client name")
    {
        if (!IsValid(name))
        {
            throw new FleetException($"'{name}' is no {what}: use 1 to {MaxLength} characters of a-z, 0-9 and '-', not beginning or ending with '-'.");
        }
    }
}
