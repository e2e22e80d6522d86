using System.Globalization;

namespace Bramble.Bus;

/// <summary>Users and groups of this machine (passwd(5), group(5)).</summary>
public static class PasswdFile
{
    /// <summary>Where they are listed; users created by systemd-sysusers(8) are there.</summary>
    public const string DefaultPath = "/etc/passwd";

    private const string GroupPath = "/etc/group";

    /// <summary>Finds a group's id in group(5).</summary>
    /// <param name="name">The group's name.</param>
    /// <returns>Null if there is no such group.</returns>
    public static uint? FindGroupId(string name) => File.Exists(GroupPath) ? FindUserId(File.ReadLines(GroupPath), name) : null;

    /// <summary>A user's id, from the machine's own list.</summary>
    /// <param name="name">The user's name.</param>
    /// <returns>Null if there is no such user.</returns>
    public static uint? FindUserId(string name) => File.Exists(DefaultPath) ? FindUserId(File.ReadLines(DefaultPath), name) : null;

    /// <summary>A user's id.</summary>
    /// <param name="lines">Lines of the list.</param>
    /// <param name="name">The user's name.</param>
    /// <returns>Null if there is no such user.</returns>
    public static uint? FindUserId(IEnumerable<string> lines, string name)
    {
        foreach (string line in lines)
        {
            string[] fields = line.Split(':');
            if (fields.Length >= 3 && fields[0] == name && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
            {
                return id;
            }
        }
        return null;
    }
}
