using Bramble.Dhcp.Boards;
using Bramble.Fleet;
using Bramble.Fleet.Clients;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Serving;

/// <summary>A client as <c>bramble client add</c> asks for it, or what <c>bramble client set</c> changes of one, in words.</summary>
internal sealed record ClientRequest
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Serial (8 hex digits) or MAC of its board; null for none yet.</summary>
    public string? Board { get; init; }

    /// <summary>Fixed IPv4 address; null for one of the pool.</summary>
    public string? Address { get; init; }

    /// <summary>Image; null for the default one.</summary>
    public string? Image { get; init; }

    /// <summary><c>nfs</c>, <c>iscsi</c>, <c>overlay</c>, or the address of a root on another server (<see cref="ExternalRoot"/>).</summary>
    public string Root { get; init; } = "nfs";

    /// <summary>Version of NFS that the root is mounted with; null for that of the configuration, or what the image can.</summary>
    public string? Nfs { get; init; }

    /// <summary>Host name; null for the name.</summary>
    public string? HostName { get; init; }

    /// <summary>Words added to its kernel command line; null for none.</summary>
    public IReadOnlyList<string>? CommandLine { get; init; }

    /// <summary>Lines added to its config.txt; null for none.</summary>
    public IReadOnlyList<string>? ConfigLines { get; init; }

    /// <summary>Words for people; null for none.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The words of a client.</summary>
    public static ClientRequest Of(Client client) => new()
    {
        Name = client.Name,
        Board = client.Board?.ToString(),
        Address = client.Address?.ToString(),
        Image = client.Image,
        Root = client.RootKind.ToString().ToLowerInvariant(),
        Nfs = client.Nfs,
        HostName = client.HostName,
        CommandLine = client.CommandLine.Count == 0 ? null : client.CommandLine,
        ConfigLines = client.ConfigLines.Count == 0 ? null : client.ConfigLines,
        Tags = client.Tags.Count == 0 ? null : client.Tags,
    };

    /// <summary>The client with what is said here; what is null stays, an empty word or list takes away. Image and root stay.</summary>
    /// <exception cref="FleetException">A word is none that is possible.</exception>
    public Client Change(Client client) => client with
    {
        Board = Board is null ? client.Board : Board.Length == 0 ? null : ParseBoard(Board),

        // Who names a board means the one that boots next, also where its serial is the old one's.
        Bound = Board is null ? client.Bound : null,
        Address = Address is null ? client.Address : Address.Length == 0 ? null : ParseAddress(Address),
        HostName = HostName is null ? client.HostName : HostName.Length == 0 ? null : HostName,
        CommandLine = CommandLine ?? client.CommandLine,
        ConfigLines = ConfigLines ?? client.ConfigLines,
        Tags = Tags ?? client.Tags,
        Nfs = Nfs is null ? client.Nfs : Nfs.Length == 0 ? null : ParseNfs(Nfs),
    };

    /// <summary>The client that is meant.</summary>
    /// <exception cref="FleetException">A word is none that is possible.</exception>
    public Client ToClient() => new()
    {
        Name = Name,
        Board = Board is null ? null : ParseBoard(Board),
        Address = Address is null ? null : ParseAddress(Address),
        Image = Image,
        RootKind = ParseRoot(Root).Kind,
        ExternalRoot = ParseRoot(Root).External,
        Nfs = Nfs is null ? null : ParseNfs(Nfs),
        HostName = HostName,
        CommandLine = CommandLine ?? [],
        ConfigLines = ConfigLines ?? [],
        Tags = Tags ?? [],
    };

    private static string ParseNfs(string text) =>
        text is "3" or "4.1" ? text : throw new FleetException($"'{text}' is no version of NFS that is known here: use 3 or 4.1.");

    /// <summary>A kind of root, and where it is if that is elsewhere.</summary>
    /// <exception cref="FleetException">It is none.</exception>
    public static (RootKind Kind, string? External) ParseRoot(string text) => text switch
    {
        "nfs" => (RootKind.Nfs, null),
        "iscsi" => (RootKind.Iscsi, null),
        "overlay" => (RootKind.Overlay, null),
        _ when text.StartsWith("nfs://", StringComparison.Ordinal) || text.StartsWith("iscsi://", StringComparison.Ordinal) => (RootKind.External, text),
        _ => throw new FleetException($"'{text}' is no kind of root: use nfs, iscsi, overlay, nfs://SERVER/PATH or iscsi://SERVER/TARGET."),
    };

    private static Ipv4Address ParseAddress(string text) =>
        Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new FleetException($"'{text}' is no IPv4 address such as 192.168.1.50.");

    private static BoardRef ParseBoard(string text) =>
        BoardRef.TryParse(text, out BoardRef board) ? board
            : throw new FleetException($"'{text}' is no board: use the last eight digits of its serial number, such as 8b07bcc6, or its MAC address.");
}
