using System.Text.Json;
using System.Text.Json.Serialization;
using Bramble.Linux.Net;
using Bramble.Storage.Contract;

namespace Bramble.Fleet.Clients;

/// <summary>A named machine: an image, a root, settings. Bound to one board or to none.</summary>
public sealed record Client
{
    // Compiled JSON readers set what a file leaves out to null: the fields put the defaults back.
    private readonly int _version = 1;
    private readonly IReadOnlyList<string> _commandLine = [];
    private readonly IReadOnlyList<string> _configLines = [];
    private readonly IReadOnlyList<string> _tags = [];
    private readonly string _beaconToken = "";

    /// <summary>Version of the record's form in its file.</summary>
    public int Version { get => _version; init => _version = Math.Max(1, value); }

    /// <summary>Its name, see <see cref="ClientName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>The board that boots as this client; null for none.</summary>
    public BoardRef? Board { get; init; }

    /// <summary>The board that booted as this client first, by both of its names. No other boots as it before a person approves. Null before the first boot.</summary>
    public BoardBinding? Bound { get; init; }

    /// <summary>The image that its root is made from; null until there is a default one.</summary>
    public string? Image { get; init; }

    /// <summary>The kind of its root.</summary>
    public RootKind RootKind { get; init; }

    /// <summary>Where a root of kind <see cref="RootKind.External"/> is, see <see cref="ExternalRoot"/>; null for the others. May hold a secret.</summary>
    public string? ExternalRoot { get; init; }

    /// <summary>Version of NFS that its root is mounted with, <c>3</c> or <c>4.1</c>; null for that of the configuration, or what its image can.</summary>
    public string? Nfs { get; init; }

    /// <summary>Its fixed address; null for one of the pool.</summary>
    public Ipv4Address? Address { get; init; }

    /// <summary>Its host name; null for its name.</summary>
    public string? HostName { get; init; }

    /// <summary>Words added to its kernel command line.</summary>
    public IReadOnlyList<string> CommandLine { get => _commandLine; init => _commandLine = value ?? []; }

    /// <summary>Lines added to its config.txt.</summary>
    public IReadOnlyList<string> ConfigLines { get => _configLines; init => _configLines = value ?? []; }

    /// <summary>Free words for people.</summary>
    public IReadOnlyList<string> Tags { get => _tags; init => _tags = value ?? []; }

    /// <summary>Secret of its up-beacon, 32 hex digits; made by the fleet when it is empty.</summary>
    public string BeaconToken { get => _beaconToken; init => _beaconToken = value ?? ""; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>Fields of newer versions, kept as they are.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>The host name that it gets.</summary>
    [JsonIgnore]
    public string EffectiveHostName => HostName ?? Name;
}
