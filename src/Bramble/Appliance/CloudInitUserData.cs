namespace Bramble.Appliance;

/// <summary>
/// What Raspberry Pi Imager's form leaves on the boot partition as <c>user-data</c> (cloud-init's cloud-config), as far as it means something
/// to a boot server: the host name and SSH keys. Everything else in it is for a computer with users and passwords. Pure.
/// </summary>
/// <param name="HostName">The host name; null if none is given.</param>
/// <param name="Keys">SSH public keys.</param>
internal sealed record CloudInitUserData(string? HostName, IReadOnlyList<string> Keys)
{
    /// <summary>Reads the lines that are known; a file of another shape gives nothing.</summary>
    public static CloudInitUserData Read(string text)
    {
        string? hostName = null;
        var keys = new List<string>();
        foreach (ReadOnlySpan<char> raw in text.AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            string line = raw.Trim().ToString();
            if (line.StartsWith("hostname:", StringComparison.Ordinal) && Unquote(line["hostname:".Length..]) is { Length: > 0 } name)
            {
                hostName ??= name;
            }
            else if (line.StartsWith("- ", StringComparison.Ordinal) && Unquote(line[2..]) is { } item && AuthorizedKeys.IsKey(item))
            {
                // A list entry that is a key can only be one of ssh_authorized_keys.
                keys.Add(item);
            }
        }

        return new CloudInitUserData(hostName, keys);
    }

    private static string Unquote(string value)
    {
        string text = value.Trim();
        return text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0] ? text[1..^1] : text;
    }
}
