namespace Bramble.Storage.Contract;

/// <summary>Why a snapshot is there.</summary>
public enum SnapshotCause
{
    /// <summary>Somebody asked for it.</summary>
    Hand,

    /// <summary>The schedule made it; retention may remove it.</summary>
    Schedule,

    /// <summary>It is what the client had before a rollback.</summary>
    Rollback,

    /// <summary>It is what the client had before it was reset to its image.</summary>
    Reset,

    /// <summary>It is what the client had before it got another image.</summary>
    Update,

    /// <summary>It was there, and nothing said what for.</summary>
    Found,

    /// <summary>It is what the client had before it got a root of another kind.</summary>
    Root,
}
