using System.Globalization;
using System.Reflection;

namespace Bramble.Panel;

/// <summary>What the machine says about itself. Nothing here is needed: what cannot be read is not shown.</summary>
internal static class BoxFacts
{
    /// <summary>Version of the program.</summary>
    public static string Version { get; } =
        typeof(BoxFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>What the machine is; null if it does not say.</summary>
    public static string? Machine { get; } =
        ReadLine("/sys/firmware/devicetree/base/model") ?? ReadLine("/sys/class/dmi/id/product_name");

    /// <summary>Speed of a network interface, megabits a second; 0 if it does not say.</summary>
    public static int MegabitsOf(string networkInterface) =>
        int.TryParse(ReadLine($"/sys/class/net/{networkInterface}/speed"), NumberStyles.None, CultureInfo.InvariantCulture, out int speed) ? speed : 0;

    /// <summary>Fingerprint of the SSH host key, as <c>ssh</c> shows it; null if unknown.</summary>
    /// <param name="file">What <c>ssh-keygen -l</c> printed (bramble-ssh-fingerprint.service).</param>
    public static string? SshFingerprint(string file = "/run/bramble-ssh-fingerprint")
    {
        // "256 SHA256:AAAA... comment (ED25519)"
        string[]? words = ReadLine(file)?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is { Length: >= 2 } && words[1].StartsWith("SHA256:", StringComparison.Ordinal) ? words[1] : null;
    }

    private static string? ReadLine(string file)
    {
        try
        {
            string text = File.ReadAllText(file);
            int end = text.AsSpan().IndexOfAny('\n', '\0');
            string line = (end < 0 ? text : text[..end]).Trim();
            return line.Length > 0 ? line : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
