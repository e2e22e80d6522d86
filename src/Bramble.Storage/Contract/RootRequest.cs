namespace Bramble.Storage.Contract;

/// <summary>What a client's root is to be made of.</summary>
public sealed record RootRequest
{
    /// <summary>The client's name: 1–63 characters, lower-case letters, digits, <c>-</c>; also its folder's name and the default host name.</summary>
    public required string Client { get; init; }

    /// <summary>The image's name.</summary>
    public required string Image { get; init; }

    /// <summary>The kind of root.</summary>
    public required RootKind Kind { get; init; }

    /// <summary>Where a root of kind <see cref="RootKind.External"/> is, see <see cref="ExternalRoot"/>; null for the others. May hold a secret.</summary>
    public string? External { get; init; }

    /// <summary>Host name written into the root.</summary>
    public required string HostName { get; init; }

    /// <summary>This server's IPv4 address as the client sees it.</summary>
    public required string ServerAddress { get; init; }

    /// <summary>UDP port of the up-beacon on this server.</summary>
    public required int BeaconPort { get; init; }

    /// <summary>Secret that proves that an up-beacon comes from this client; 32 hex digits.</summary>
    public required string BeaconToken { get; init; }

    /// <summary>Version of NFS that the root is to be mounted with, <c>3</c> or <c>4.1</c>; null for what the image can.</summary>
    public string? Nfs { get; init; }

    /// <summary>IPv4 addresses of time servers for the client, with blanks between them; empty for none.</summary>
    public string TimeServers { get; init; } = "";

    /// <summary>Without the token, so that it gets into no log.</summary>
    public override string ToString() => $"{Kind} root for {Client} from {Image}";
}
