using System.Globalization;

namespace Bramble.Dhcp.Transport;

/// <summary>Finds who has a UDP port, for an error message that helps.</summary>
internal static class PortHolder
{
    /// <summary>Such as "dnsmasq (pid 123)"; null if it cannot be found out.</summary>
    public static string? Find(int port)
    {
        try
        {
            return FindInode(File.ReadLines("/proc/net/udp"), port) is { } inode ? FindProcess(inode) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static string? FindInode(IEnumerable<string> table, int port)
    {
        string suffix = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        foreach (string line in table.Skip(1))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 9 && words[1].EndsWith(suffix, StringComparison.Ordinal))
            {
                return words[9];
            }
        }

        return null;
    }

    private static string? FindProcess(string inode)
    {
        string target = $"socket:[{inode}]";
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            string pid = Path.GetFileName(process);
            if (!char.IsAsciiDigit(pid[0]))
            {
                continue;
            }

            try
            {
                foreach (string descriptor in Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")))
                {
                    if (string.Equals(new FileInfo(descriptor).LinkTarget, target, StringComparison.Ordinal))
                    {
                        return $"{File.ReadAllText(Path.Combine(process, "comm")).Trim()} (pid {pid})";
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or of another user.
            }
        }

        return null;
    }
}
