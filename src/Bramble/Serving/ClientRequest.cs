using Bramble.Dhcp.Boards;
using Bramble.Fleet;
using Bramble.Fleet.Clients;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Serving;

/// <summary>A client as <c>bramble client add</c> asks for it, in words.</summary>
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

    /// <summary>The words of a client.</summary>
    public static ClientRequest Of(Client client) => new()
    {
        Name = client.Name,
        Board = client.Board?.ToString(),
        Address = client.Address?.ToString(),
        Image = client.Image,
        Root = client.RootKind.ToString().ToLowerInvariant(),
        Nfs = client.Nfs,
    };

    /// <summary>The client that is meant.</summary>
    /// <exception cref="FleetException">A word is none that is possible.</exception>
    public Client ToClient() => new()
    {
        Name = Name,
        Board = Board is null ? null : ParseBoard(Board),
        Address = Address is null ? null
            : Ipv4Address.TryParse(Address, out Ipv4Address address) ? address
            : throw new FleetException($"'{Address}' is no IPv4 address such as 192.168.1.50."),
        Image = Image,
        RootKind = Root switch
        {
            "nfs" => RootKind.Nfs,
            "iscsi" => RootKind.Iscsi,
            "overlay" => RootKind.Overlay,
            _ when IsExternal => RootKind.External,
            _ => throw new FleetException($"'{Root}' is no kind of root: use nfs, iscsi, overlay, nfs://SERVER/PATH or iscsi://SERVER/TARGET."),
        },
        ExternalRoot = IsExternal ? Root : null,
        Nfs = Nfs is null or "3" or "4.1" ? Nfs : throw new FleetException($"'{Nfs}' is no version of NFS that is known here: use 3 or 4.1."),
    };

    private bool IsExternal => Root.StartsWith("nfs://", StringComparison.Ordinal) || Root.StartsWith("iscsi://", StringComparison.Ordinal);

    private static BoardRef ParseBoard(string text) =>
        BoardRef.TryParse(text, out BoardRef board) ? board
            : throw new FleetException($"'{text}' is no board: use the last eight digits of its serial number, such as 8b07bcc6, or its MAC address.");
}
