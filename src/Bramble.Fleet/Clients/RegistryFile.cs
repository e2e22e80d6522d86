namespace Bramble.Fleet.Clients;

/// <summary>All clients and boards in one file, to be brought to another server.</summary>
public sealed record RegistryFile
{
    /// <summary>The newest form that this program can read.</summary>
    internal const int Newest = 1;

    // Compiled JSON readers set what a file leaves out to null: the fields put the defaults back.
    private readonly int _version = Newest;
    private readonly IReadOnlyList<Client> _clients = [];
    private readonly IReadOnlyList<Board> _boards = [];

    /// <summary>Version of the file's form.</summary>
    public int Version { get => _version; init => _version = Math.Max(1, value); }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset Made { get; init; }

    /// <summary>The clients with all their settings, without the secrets that they share with their server.</summary>
    public IReadOnlyList<Client> Clients { get => _clients; init => _clients = value ?? []; }

    /// <summary>The boards that were seen or approved.</summary>
    public IReadOnlyList<Board> Boards { get => _boards; init => _boards = value ?? []; }
}
