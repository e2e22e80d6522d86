using System.Text;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Fleet.BootFiles;

/// <summary>Makes a client's cmdline.txt: the image's words without those that speak of its card, and the words of a network root.</summary>
/// <remarks>Words: docs/reference/pi-network-boot.md, "Root on NFS" and "Block roots".</remarks>
internal static class CommandLine
{
    /// <summary>
    /// Longest line in bytes that leaves room for what the firmware puts in front (some 400 bytes) in the 2048 of an arm64 kernel (COMMAND_LINE_SIZE).
    /// </summary>
    public const int MaxBytes = 1600;

    /// <summary>Words for an image that has no cmdline.txt.</summary>
    public const string Default = "console=serial0,115200 console=tty1";

    /// <summary>Port of an iSCSI target.</summary>
    private const int IscsiPort = 3260;

    // The image's own idea of its root, its card and its network.
    private static readonly string[] s_droppedKeys =
    [
        "root", "rootfstype", "rootflags", "rootdelay", "fsck.repair", "ip", "nfsroot", "nbdroot", "netroot", "boot",
    ];

    private static readonly string[] s_droppedWords = ["rootwait", "resize", "rw", "ro"];

    /// <summary>Makes the file.</summary>
    /// <param name="original">The image's cmdline.txt; only its first line that holds words counts, as for the firmware.</param>
    /// <param name="root">The client's root.</param>
    /// <param name="server">This server's address.</param>
    /// <param name="extra">The client's own words, added last so that they win.</param>
    /// <returns>One line with a newline at its end.</returns>
    public static string Make(ReadOnlySpan<char> original, ClientRoot root, Ipv4Address server, IReadOnlyList<string> extra)
    {
        var line = new StringBuilder();

        // Roots that were made by an older version of this program do not name the script.
        string? script = root.BootScript ?? (root.Kind == RootKind.Overlay ? "bramble-overlay" : null);
        foreach (string word in Split(FirstLine(original)))
        {
            // boot= names the script that mounts the root, which is no wish where Bramble has one of its own.
            if (!IsDropped(word) && !(script is not null && word.StartsWith("boot=", StringComparison.Ordinal)))
            {
                Add(line, word);
            }
        }

        switch (root.Kind)
        {
            case RootKind.Nfs:
                AddNfs(line, server, root.RootFolder!, root.NfsOptions, "rw");
                if (root.NfsVersion == "4.1")
                {
                    // Two clients that call themselves the same take each other's state away (RFC 8881 section 2.4); before its root is there a client has no name.
                    Add(line, $"nfs.nfs4_unique_id={root.Client}");
                }

                break;
            case RootKind.Overlay:
                AddNfs(line, server, root.RootFolder!, root.NfsOptions, "ro");
                break;
            case RootKind.Iscsi:
                AddIscsi(line, $"UUID={root.FilesystemUuid}", root.InitiatorName!, root.TargetName!, server, IscsiPort, root.ChapUser, root.ChapSecret);
                break;
            default:
                AddExternal(line, root);
                break;
        }

        if (script is not null)
        {
            Add(line, $"boot={script}");
        }

        foreach (string word in extra)
        {
            Add(line, word);
        }

        return line.Append('\n').ToString();
    }

    private static void AddNfs(StringBuilder line, Ipv4Address server, string folder, string? options, string access)
    {
        Add(line, "root=/dev/nfs");
        Add(line, $"nfsroot={server}:{folder},{options ?? "vers=3,tcp"}");
        Add(line, access);
        Add(line, "ip=dhcp");
        Add(line, "rootwait");
    }

    private static void AddIscsi(StringBuilder line, string device, string initiator, string target, Ipv4Address server, int port, string? user, string? secret)
    {
        Add(line, $"root={device}");
        Add(line, "rw");
        Add(line, "ip=dhcp");
        Add(line, "rootwait");
        Add(line, $"ISCSI_INITIATOR={initiator}");
        Add(line, $"ISCSI_TARGET_NAME={target}");
        Add(line, $"ISCSI_TARGET_IP={server}");
        Add(line, $"ISCSI_TARGET_PORT={port}");
        if (user is not null)
        {
            Add(line, $"ISCSI_USERNAME={user}");
            Add(line, $"ISCSI_PASSWORD={secret}");
        }
    }

    private static void AddExternal(StringBuilder line, ClientRoot root)
    {
        ExternalRoot external = ExternalRoot.Parse(root.External ?? "");
        if (external.Path is { } folder)
        {
            AddNfs(line, external.Server, folder, null, "rw");
        }
        else
        {
            AddIscsi(line, external.Device!, root.InitiatorName!, external.TargetName!, external.Server, external.Port, external.User, external.Secret);
        }
    }

    /// <summary>Splits words as the kernel does: at white space outside of double quotes.</summary>
    public static List<string> Split(ReadOnlySpan<char> line)
    {
        var words = new List<string>();
        bool quoted = false;
        int start = -1;
        for (int i = 0; i <= line.Length; i++)
        {
            bool ends = i == line.Length || (!quoted && (char.IsWhiteSpace(line[i]) || line[i] == '\0'));
            if (ends)
            {
                if (start >= 0)
                {
                    words.Add(line[start..i].ToString());
                    start = -1;
                }

                continue;
            }

            if (line[i] == '"')
            {
                quoted = !quoted;
            }

            if (start < 0)
            {
                start = i;
            }
        }

        return words;
    }

    private static ReadOnlySpan<char> FirstLine(ReadOnlySpan<char> text)
    {
        // To the kernel the line ends there, with everything that would be added behind it.
        int nul = text.IndexOf('\0');
        text = nul < 0 ? text : text[..nul];
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            if (!line.IsWhiteSpace())
            {
                return line;
            }
        }

        return default;
    }

    private static bool IsDropped(string word)
    {
        if (s_droppedWords.Contains(word, StringComparer.Ordinal))
        {
            return true;
        }

        int equals = word.IndexOf('=');
        if (equals < 0)
        {
            return false;
        }

        string key = word[..equals];
        if (key == "init")
        {
            // First-boot scripts that grow the card's partition; any other init is somebody's wish.
            return word.Contains("resize", StringComparison.Ordinal) || word.EndsWith("/firstboot", StringComparison.Ordinal);
        }

        if (key == "boot")
        {
            // boot=overlay is a wish, boot=local and boot=nfs speak of the old root.
            return word is "boot=local" or "boot=nfs";
        }

        return s_droppedKeys.Contains(key, StringComparer.Ordinal) || key.StartsWith("iscsi_", StringComparison.OrdinalIgnoreCase);
    }

    private static void Add(StringBuilder line, string word)
    {
        if (line.Length > 0)
        {
            line.Append(' ');
        }

        line.Append(word);
    }
}
