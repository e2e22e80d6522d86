using System.Text;
using Bramble.Configuration;
using Bramble.Dhcp;
using Bramble.Linux.Files;

namespace Bramble.Serving;

/// <summary>What is served, written down for whoever lets packets through: the firewall of the flashable image.</summary>
internal static class ServedNetworks
{
    private const string FileName = "networks";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes the file into the folder that systemd has made for this run (<c>RuntimeDirectory=</c>); without one, does nothing.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Tell(BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces)
    {
        if (Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY") is { Length: > 0 } folder)
        {
            AtomicFile.WriteAllBytes(Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(TextOf(config, interfaces)), OwnerOnly);
        }
    }

    /// <summary>The file's content: a line for each subnet, with the interface that it is on, or <c>-</c> where it is behind a relay agent. Pure.</summary>
    internal static string TextOf(BrambleConfig config, IReadOnlyList<DhcpInterfaceOptions> interfaces)
    {
        var text = new StringBuilder();
        foreach (DhcpInterfaceOptions served in interfaces)
        {
            text.Append(served.Name).Append(' ').Append(served.Subnet).Append('\n');
        }

        foreach (DhcpInterfaceOptions relayed in InterfaceChoice.Relayed(config, interfaces[0].Address))
        {
            text.Append("- ").Append(relayed.Subnet).Append('\n');
        }

        return text.ToString();
    }
}
