using System.Buffers;
using System.Text;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Storage;

/// <summary>Checks everything that becomes part of a path, an export line, a target or a shell file. What passes needs no escaping anywhere.</summary>
internal static class StorageNames
{
    private const int Limit = 63;
    private static readonly SearchValues<char> s_client = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> s_image = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> s_anyHex = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> s_path = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-");
    private static readonly string[] s_extensions = [".xz", ".zst", ".gz", ".zip", ".img", ".raw", ".tar", ".tgz", ".txz"];

    internal static bool IsClient(string name) => IsName(name, s_client);

    /// <summary>A name, or a name and a version with "@" between them.</summary>
    internal static bool IsImage(string name)
    {
        int at = name.IndexOf('@', StringComparison.Ordinal);
        return name.Length <= Limit && (at < 0 ? IsDotted(name) : IsDotted(name[..at]) && IsDotted(name[(at + 1)..]));
    }

    internal static bool IsSnapshot(string name) => IsDotted(name);

    internal static string RequireClient(string name) =>
        IsClient(name) ? name : throw new StorageException($"\"{Shown(name)}\" is not a client name: use 1 to 63 lower-case letters, digits and \"-\", not at the ends.");

    internal static string RequireImage(string name) =>
        IsImage(name) ? name : throw new StorageException($"\"{Shown(name)}\" is not an image name: use 1 to 63 lower-case letters, digits, \".\" and \"-\", not at the ends, and \"@\" before a version.");

    internal static string RequireSnapshot(string name) =>
        IsSnapshot(name) ? name : throw new StorageException($"\"{Shown(name)}\" is not a snapshot name: use 1 to 63 lower-case letters, digits, \".\" and \"-\", not at the ends.");

    /// <summary>A path in a root that is carried over to another; relative to the root.</summary>
    internal static string RequireCarried(string path) =>
        path.Length > 1 && path[0] == '/' && path.Trim('/') is { Length: > 0 and <= 1024 } inner && !inner.AsSpan().ContainsAnyInRange('\0', '\u001f') && !inner.Split('/').Any(static part => part is "" or "." or "..")
            ? inner
            : throw new StorageException($"\"{Shown(path)}\" is not a path in a root such as /home.");

    internal static void RequireSha256(string? sha256)
    {
        if (sha256 is not null && (sha256.Length != 64 || sha256.AsSpan().ContainsAnyExcept(s_anyHex)))
            throw new StorageException($"\"{Shown(sha256)}\" is not a SHA-256: it has 64 hexadecimal digits.");
    }

    internal static string RequireAddress(string address) =>
        Ipv4Address.TryParse(address, out Ipv4Address parsed) && !parsed.IsAny && parsed != Ipv4Address.Broadcast
            ? parsed.ToString()
            : throw new StorageException($"\"{Shown(address)}\" is not an IPv4 address such as 192.168.1.10.");

    internal static void Require(RootRequest request)
    {
        RequireClient(request.Client);
        RequireImage(request.Image);
        RequireAddress(request.ServerAddress);
        if (request.Nfs is not (null or Roots.NfsOptions.V3 or Roots.NfsOptions.V41))
            throw new StorageException($"\"{Shown(request.Nfs)}\" is not a version of NFS that is known here: use 3 or 4.1.");
        foreach (string server in request.TimeServers.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            RequireAddress(server);
        if (request.Kind == RootKind.External)
            ExternalRoot.Parse(request.External ?? "");
        if (!IsName(request.HostName, s_client))
            throw new StorageException($"\"{Shown(request.HostName)}\" is not a host name: use 1 to 63 lower-case letters, digits and \"-\", not at the ends.");
        if (request.BeaconPort is < 1 or > 65535)
            throw new StorageException($"{request.BeaconPort} is not a UDP port: use 1 to 65535.");
        if (request.BeaconToken.Length != 32 || request.BeaconToken.AsSpan().ContainsAnyExcept(s_hex))
            throw new StorageException("The beacon token must be 32 lower-case hex digits.");
    }

    /// <summary>The data folder stands in exports, targets and fstab lines, each with quoting rules of its own: plain characters need none.</summary>
    internal static string RequireFolder(string folder) =>
        folder.Length > 1 && folder[0] == '/' && !folder.AsSpan().ContainsAnyExcept(s_path)
            ? folder.TrimEnd('/')
            : throw new StorageException($"The data folder \"{Shown(folder)}\" must be an absolute path of letters, digits and \"/ . _ -\".");

    /// <summary>Makes an image name from a file's.</summary>
    internal static string ImageNameFrom(string file)
    {
        string name = Path.GetFileName(file).ToLowerInvariant();
        for (bool again = true; again;)
        {
            again = false;
            foreach (string extension in s_extensions)
            {
                if (name.EndsWith(extension, StringComparison.Ordinal))
                {
                    name = name[..^extension.Length];
                    again = true;
                }
            }
        }

        StringBuilder clean = new();
        foreach (char c in name)
        {
            char kept = s_image.Contains(c) ? c : '-';
            if (kept is '-' or '.' && (clean.Length == 0 || clean[^1] is '-' or '.'))
                continue;
            clean.Append(kept);
        }

        string result = clean.ToString(0, Math.Min(clean.Length, Limit)).Trim('-', '.');
        return IsImage(result) ? result : throw new StorageException($"No image name can be made from \"{Shown(Path.GetFileName(file))}\": give one.");
    }

    private static bool IsDotted(string name) => IsName(name, s_image) && !name.Contains("..", StringComparison.Ordinal);

    private static bool IsName(string name, SearchValues<char> allowed) =>
        name.Length is >= 1 and <= Limit && !name.AsSpan().ContainsAnyExcept(allowed) && name[0] is not ('-' or '.') && name[^1] is not ('-' or '.');

    /// <summary>What a stranger typed, safe for a terminal.</summary>
    internal static string Shown(string text)
    {
        StringBuilder shown = new();
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, 80)))
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        return shown.ToString();
    }
}
